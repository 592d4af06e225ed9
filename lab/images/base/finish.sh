#!/bin/sh
# Last step of the base image's build: $1 is its root directory. Makes of a minimal Debian what a cloud image is:
# a login user with sudo, no host keys, no machine id; and takes out what cannot work in a container.
set -eu
root=$1

chroot "$root" useradd --create-home --shell /bin/bash --groups sudo,adm --comment Debian admin
chmod 0440 "$root/etc/sudoers.d/90-cloud-init-users"
rm -f "$root"/etc/ssh/ssh_host_*
: > "$root/etc/machine-id"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/apt "$root"/var/log/dpkg.log
# A bind mount covers these while the container runs; what is below is for the time after.
echo localhost > "$root/etc/hostname"
printf 'nameserver 203.0.113.8\n' > "$root/etc/resolv.conf"
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' > "$root/etc/hosts"

for unit in lab-own-files.service lab-host-keys.service lab-first-boot.service var-spool-boringmail.mount; do
  chroot "$root" systemctl --quiet enable "$unit"
done
# No console, no kernel of its own, no devices: these would fail or wait.
chroot "$root" systemctl --quiet mask \
  console-getty.service getty.target \
  systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
  systemd-modules-load.service systemd-remount-fs.service systemd-firstboot.service \
  sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount dev-mqueue.mount \
  proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount
chroot "$root" systemctl --quiet set-default multi-user.target
