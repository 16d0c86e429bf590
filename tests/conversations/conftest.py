from tests.contracts.fixtures import bluebubbles, hook_server, phone_network

__all__ = ["bluebubbles", "hook_server", "phone_network"]
