/*
 * A libudev whose devices are files: preloaded into a private pcscd, it lets readers be plugged and
 * unplugged while the stock daemon runs, through its own code for USB readers.
 *
 * Only what pcscd calls is here. Each file in the directory $VCARD_UDEV is a USB interface; its lines
 * are `attribute=value` (idVendor, idProduct, bInterfaceNumber, interface, serial, and devnode).
 * A file that is moved in is a device that was plugged in; one that is deleted was unplugged.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* libudev's header is not needed to build this; pcscd's declarations are the ones that count. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#define MAX_FILE 2048

struct udev {
	char unused;
};

struct udev_monitor {
	int fd;
};

struct udev_device {
	const char *action;
	char sysname[NAME_MAX + 1];
	char text[MAX_FILE]; /* the file's lines, each ended by a zero; an empty one at the end */
};

struct udev_list_entry {
	struct udev_list_entry *next;
	char path[PATH_MAX];
};

struct udev_enumerate {
	struct udev_list_entry *first;
};

static const char *directory(void)
{
	const char *path = getenv("VCARD_UDEV");
	return path ? path : "/nonexistent";
}

struct udev *udev_new(void)
{
	return calloc(1, sizeof(struct udev));
}

struct udev *udev_unref(struct udev *udev)
{
	free(udev);
	return NULL;
}

/* --- devices --- */

static struct udev_device *new_device(const char *action, const char *sysname)
{
	struct udev_device *device = calloc(1, sizeof *device);
	if (!device)
		return NULL;
	device->action = action;
	snprintf(device->sysname, sizeof device->sysname, "%s", sysname);
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", directory(), sysname);
	FILE *file = fopen(path, "re");
	if (file) {
		size_t size = fread(device->text, 1, sizeof device->text - 2, file);
		fclose(file);
		for (size_t i = 0; i < size; i++)
			if (device->text[i] == '\n')
				device->text[i] = '\0';
	}
	return device;
}

struct udev_device *udev_device_new_from_syspath(struct udev *udev, const char *path)
{
	(void)udev;
	const char *slash = strrchr(path, '/');
	return new_device(NULL, slash ? slash + 1 : path);
}

struct udev_device *udev_device_unref(struct udev_device *device)
{
	free(device);
	return NULL;
}

/* An interface file has the attributes of its device, too: it is its own parent. */
struct udev_device *udev_device_get_parent_with_subsystem_devtype(struct udev_device *device,
								   const char *subsystem,
								   const char *devtype)
{
	(void)subsystem, (void)devtype;
	return device;
}

const char *udev_device_get_sysattr_value(struct udev_device *device, const char *name)
{
	size_t length = strlen(name);
	for (const char *line = device->text; *line; line += strlen(line) + 1)
		if (strncmp(line, name, length) == 0 && line[length] == '=')
			return line + length + 1;
	return NULL;
}

const char *udev_device_get_property_value(struct udev_device *device, const char *name)
{
	(void)device, (void)name;
	return NULL;
}

const char *udev_device_get_devnode(struct udev_device *device)
{
	return udev_device_get_sysattr_value(device, "devnode");
}

const char *udev_device_get_sysname(struct udev_device *device)
{
	return device->sysname;
}

const char *udev_device_get_action(struct udev_device *device)
{
	return device->action;
}

/* --- what is there already --- */

struct udev_enumerate *udev_enumerate_new(struct udev *udev)
{
	(void)udev;
	return calloc(1, sizeof(struct udev_enumerate));
}

int udev_enumerate_add_match_subsystem(struct udev_enumerate *enumerate, const char *subsystem)
{
	(void)enumerate, (void)subsystem;
	return 0;
}

static void add_entry(struct udev_enumerate *enumerate, const char *name)
{
	struct udev_list_entry *entry = calloc(1, sizeof *entry);
	if (!entry)
		return;
	snprintf(entry->path, sizeof entry->path, "%s/%s", directory(), name);
	struct udev_list_entry **last = &enumerate->first;
	while (*last)
		last = &(*last)->next;
	*last = entry;
}

/* In the order of the names, which is that in which the readers were plugged in. */
int udev_enumerate_scan_devices(struct udev_enumerate *enumerate)
{
	struct dirent **names;
	int count = scandir(directory(), &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (names[i]->d_name[0] != '.')
			add_entry(enumerate, names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return count < 0 ? -errno : 0;
}

struct udev_list_entry *udev_enumerate_get_list_entry(struct udev_enumerate *enumerate)
{
	return enumerate->first;
}

struct udev_list_entry *udev_list_entry_get_next(struct udev_list_entry *entry)
{
	return entry->next;
}

const char *udev_list_entry_get_name(struct udev_list_entry *entry)
{
	return entry->path;
}

struct udev_enumerate *udev_enumerate_unref(struct udev_enumerate *enumerate)
{
	while (enumerate->first) {
		struct udev_list_entry *entry = enumerate->first;
		enumerate->first = entry->next;
		free(entry);
	}
	free(enumerate);
	return NULL;
}

/* --- what comes and goes --- */

struct udev_monitor *udev_monitor_new_from_netlink(struct udev *udev, const char *name)
{
	(void)udev, (void)name;
	struct udev_monitor *monitor = calloc(1, sizeof *monitor);
	if (monitor)
		monitor->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	return monitor;
}

int udev_monitor_filter_add_match_subsystem_devtype(struct udev_monitor *monitor,
						    const char *subsystem, const char *devtype)
{
	(void)monitor, (void)subsystem, (void)devtype;
	return 0;
}

int udev_monitor_enable_receiving(struct udev_monitor *monitor)
{
	int watch = inotify_add_watch(monitor->fd, directory(), IN_MOVED_TO | IN_DELETE);
	return watch < 0 ? -errno : 0;
}

int udev_monitor_get_fd(struct udev_monitor *monitor)
{
	return monitor->fd;
}

/*
 * Exactly one event: pcscd asks for one each time it is woken, so another one must stay where poll()
 * sees it. A buffer that is too small is refused, so it grows until the first event just fits.
 */
struct udev_device *udev_monitor_receive_device(struct udev_monitor *monitor)
{
	union {
		struct inotify_event event;
		char room[sizeof(struct inotify_event) + NAME_MAX + 1];
	} buffer;
	ssize_t got = -1;
	errno = EINVAL;
	for (size_t size = sizeof buffer.event; got < 0 && errno == EINVAL && size <= sizeof buffer;
	     size += sizeof buffer.event)
		got = read(monitor->fd, &buffer, size);
	if (got < (ssize_t)sizeof buffer.event || buffer.event.len == 0)
		return NULL;
	return new_device(buffer.event.mask & IN_DELETE ? "remove" : "add", buffer.event.name);
}

struct udev_monitor *udev_monitor_unref(struct udev_monitor *monitor)
{
	if (monitor) {
		close(monitor->fd);
		free(monitor);
	}
	return NULL;
}
