from tests.contracts.fixtures import bench, bluebubbles, hook_server, phone_network

__all__ = ["bench", "bluebubbles", "hook_server", "phone_network"]
