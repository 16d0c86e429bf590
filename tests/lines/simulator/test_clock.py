from __future__ import annotations

from lines.simulator.clock import Clock


def test_a_frozen_clock_moves_only_by_hand_and_does_things_when_they_are_due() -> None:
    clock = Clock()
    clock.freeze(1_000_000)
    done: list[tuple[str, int]] = []
    clock.after(20, lambda: done.append(("later", clock.now())))

    def soon() -> None:
        done.append(("soon", clock.now()))
        clock.after(1, lambda: done.append(("then", clock.now())))

    clock.after(5, soon)
    clock.after(5, lambda: done.append(("second", clock.now())))
    assert clock.now() == 1_000_000
    clock.advance(4.9)
    assert done == []
    clock.advance(10)
    assert done == [("soon", 1_005_000), ("second", 1_005_000), ("then", 1_006_000)]
    assert clock.now() == 1_014_900
    clock.advance(10)
    assert done[-1] == ("later", 1_020_000)
