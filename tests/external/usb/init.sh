#!/bin/busybox sh
# Becomes the host's own file system, read-only over 9p, and runs the program that is asked for.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
for module in $(cat /modules); do insmod "/$module"; done
mkdir -p /new
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose root /new ||
    { echo "GUEST no root"; poweroff -f; }
for each in proc sys dev run tmp var/tmp root; do [ -d /new/$each ] || echo "GUEST no /$each"; done
mount -t proc proc /new/proc
mount -t sysfs sys /new/sys
mount -t devtmpfs dev /new/dev
for each in run tmp var/tmp root; do mount -t tmpfs tmpfs /new/$each; done
mkdir -p /new/dev/pts /new/dev/shm /new/run/pcscd /new/run/udev
mount -t devpts pts /new/dev/pts
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0 && ip link set eth0 up
echo 0 > /proc/sys/kernel/printk
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp
echo "GUEST up $(cut -d' ' -f1 /proc/uptime)"
chroot /new $(sed 's/.*vcard=\([^ ]*\).*/\1/; s/,/ /g' /proc/cmdline) < /new/dev/ttyS0 2>&1
echo "GUEST done $(cut -d' ' -f1 /proc/uptime)"
poweroff -f
