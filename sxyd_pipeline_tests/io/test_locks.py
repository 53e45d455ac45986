import subprocess
import sys
from pathlib import Path

import pytest

from sxyd_pipeline.io.locks import BusyError, exclusive, is_free

HOLDER = """
import sys, time
from pathlib import Path
from sxyd_pipeline.io.locks import exclusive
with exclusive(Path(sys.argv[1]), "x"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(path: Path, seconds: float) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_run_waits_and_says_for_whom(tmp_path: Path) -> None:
    path, told = tmp_path / "a.lock", []
    with (
        hold(path, 1.0) as holder,
        exclusive(path, "城市 321100", waiting=lambda zh, en: told.append((zh, en))),
    ):
        assert holder.wait(10) == 0
    assert len(told) == 1
    assert f"pid {holder.pid}" in told[0][0]
    assert "waiting" in told[0][1]


def test_a_lock_that_is_never_free_ends_with_a_clear_error(tmp_path: Path) -> None:
    with hold(tmp_path / "a.lock", 30.0) as holder:
        try:
            assert not is_free(tmp_path / "a.lock")
            with pytest.raises(BusyError, match="pid"), exclusive(tmp_path / "a.lock", "x", wait_s=0.2):
                pass
        finally:
            holder.kill()


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    with hold(tmp_path / "a.lock", 30.0) as holder:
        holder.kill()
        holder.wait(10)
        with exclusive(tmp_path / "a.lock", "x", wait_s=5.0):
            assert True
    assert is_free(tmp_path / "a.lock")


def test_one_process_may_take_a_lock_again(tmp_path: Path) -> None:
    with exclusive(tmp_path / "a.lock", "x"), exclusive(tmp_path / "a.lock", "x", wait_s=0.1):
        assert not is_free(tmp_path / "a.lock")
