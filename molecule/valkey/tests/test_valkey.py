"""The store listens on its socket only, never refuses to write, and forgets rather than grows."""

CLI = "valkey-cli -s /run/valkey/valkey.sock"


def test_it_listens_nowhere_but_on_its_socket(host):
    assert ":6379" not in host.check_output("ss -Hltn")
    assert host.check_output(f"{CLI} ping") == "PONG"


def test_only_its_group_may_connect(host):
    socket = host.file("/run/valkey/valkey.sock")
    assert (socket.user, socket.group, socket.mode) == ("valkey", "valkey", 0o770)
    assert "Permission denied" in host.run(f"runuser -u nobody -- {CLI} ping").stderr


def test_it_starts_at_boot(host):
    assert host.service("valkey-server.service").is_enabled
    assert host.service("valkey-server.service").is_running


def test_a_failed_save_stops_no_write(host):
    host.run_expect([0], "chmod 500 /var/lib/valkey")
    try:
        host.run_expect([0], f"{CLI} set kept yes")
        host.run_expect([0], f"{CLI} bgsave")
        failed = f"{CLI} info persistence | grep -q rdb_last_bgsave_status:err"
        host.run_expect([0], f"timeout 20 sh -c 'until {failed}; do sleep 0.2; done'")
        assert host.check_output(f"{CLI} set still-written yes") == "OK"
    finally:
        host.run_expect([0], "chmod 750 /var/lib/valkey")


def test_when_it_is_full_it_forgets_and_goes_on_writing(host):
    fill = "for i = 1, 30000 do redis.call('SET', 'k' .. i, string.rep('x', 500)) end return 'filled'"
    assert host.check_output(f'{CLI} eval "{fill}" 0') == "filled"
    assert host.check_output(f"{CLI} set last yes") == "OK"
    assert int(host.check_output(f"{CLI} info stats | sed -n 's/^evicted_keys:\\([0-9]*\\).*/\\1/p'")) > 0


def test_what_it_knew_is_there_after_a_restart(host):
    host.run_expect([0], f"{CLI} flushall; {CLI} set remembered yes; systemctl restart valkey-server")
    host.run_expect([0], f"timeout 20 sh -c 'until {CLI} ping | grep -q PONG; do sleep 0.2; done'")
    assert host.check_output(f"{CLI} get remembered") == "yes"


def test_a_killed_one_comes_back(host):
    host.run_expect([0], "systemctl kill --signal=KILL valkey-server")
    host.run_expect([0], f"timeout 20 sh -c 'until {CLI} ping | grep -q PONG; do sleep 0.2; done'")


def test_it_is_confined(host):
    shown = host.check_output("systemd-analyze security --no-pager valkey-server.service").splitlines()[-1]
    assert float(shown.split(": ")[1].split()[0]) < 2.5
