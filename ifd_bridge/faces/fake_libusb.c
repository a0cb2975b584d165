/*
 * A libusb whose devices are unix sockets: preloaded into a private pcscd, it lets the
 * distribution's own libccid drive a CcidReader in Python.
 *
 * Only what libccid calls is here. Each device is a SOCK_SEQPACKET socket BBB-DDD (bus and address)
 * in the directory $VCARD_USB. A connection says with its first byte what it is for, and for which
 * interface (bInterfaceNumber) with a second one, where it is for one:
 *
 *   C  control transfers: setup packet (8 bytes) and data out, a little-endian int32 (a length or an
 *      error) and data back
 *   B  bulk: each message out is a transfer to the OUT endpoint, each one in comes from the IN endpoint
 *   I  interrupt: each message in comes from the interrupt endpoint; a byte out says that the driver
 *      begins to wait for one (w), or ends its wait without one (e)
 *
 * What comes from Python has one byte in front (0), so that an empty packet is not taken for the
 * end of the connection, which is the unplugging of the device.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <libusb.h>

#define MAX_DEVICES 16
#define MAX_ENDPOINTS 16
#define MAX_CONTROL (1 << 16) /* wLength has two bytes */
#define MAX_DESCRIPTOR 1024
#define MAX_INTERFACES 8
#define BUFFER_SIZE (1 << 17)
#define HELLO_TIMEOUT_MS 3000

struct libusb_device {
	int references;
	uint8_t bus, address;
	struct sockaddr_un path;
	struct libusb_device_descriptor descriptor;
	size_t configuration_size;
	unsigned char configuration[MAX_DESCRIPTOR];
};

struct libusb_device_handle {
	libusb_device *device;
	int control, bulk, interrupt;
	pthread_mutex_t controlling;
};

/* What libusb_alloc_transfer gives: ours in front of the public part. */
struct transfer {
	atomic_int submitted, cancelled;
	int wake;
	struct libusb_transfer public;
};

/* A configuration descriptor and all it points to, so that one free() ends it. */
struct configuration {
	struct libusb_config_descriptor public;
	struct libusb_interface interfaces[MAX_INTERFACES];
	struct libusb_interface_descriptor settings[MAX_INTERFACES];
	struct libusb_endpoint_descriptor endpoints[MAX_INTERFACES][MAX_ENDPOINTS];
	unsigned char raw[MAX_DESCRIPTOR];
};

/* --- connections --- */

static int connect_for(const libusb_device *device, const void *hello, size_t size)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	int room = BUFFER_SIZE;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	if (connect(fd, (const struct sockaddr *)&device->path, sizeof device->path) < 0 ||
	    send(fd, hello, size, MSG_NOSIGNAL) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The next message into `buffer`: its length, or a libusb error. */
static ssize_t take(int fd, void *buffer, size_t size)
{
	char tag;
	struct iovec parts[] = { { &tag, 1 }, { buffer, size } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t got = recvmsg(fd, &message, MSG_TRUNC);
	if (got < 1)
		return LIBUSB_ERROR_NO_DEVICE;
	return (size_t)got - 1 > size ? LIBUSB_ERROR_OVERFLOW : got - 1;
}

static int is_ready(int fd, short events, int timeout_ms)
{
	struct pollfd waiting = { .fd = fd, .events = events };
	int ready;
	do
		ready = poll(&waiting, 1, timeout_ms);
	while (ready < 0 && errno == EINTR);
	return ready != 0;
}

static ssize_t receive(int fd, void *buffer, size_t size, int timeout_ms)
{
	return is_ready(fd, POLLIN, timeout_ms) ? take(fd, buffer, size) : LIBUSB_ERROR_TIMEOUT;
}

static ssize_t give(int fd, const void *data, size_t size, int timeout_ms)
{
	if (!is_ready(fd, POLLOUT, timeout_ms))
		return LIBUSB_ERROR_TIMEOUT;
	return send(fd, data, size, MSG_NOSIGNAL) < 0 ? LIBUSB_ERROR_NO_DEVICE : (ssize_t)size;
}

/* A control transfer on a connection made for them: the length of what came back, or an error. */
static int control(int fd, const unsigned char *message, size_t size, unsigned char *data,
		   size_t room, int timeout_ms)
{
	unsigned char answer[4 + MAX_CONTROL];
	while (recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0)
		; /* late answers to what has timed out */
	ssize_t got = send(fd, message, size, MSG_NOSIGNAL);
	if (got >= 0)
		got = receive(fd, answer, sizeof answer, timeout_ms);
	if (got < 4)
		return got == LIBUSB_ERROR_TIMEOUT ? LIBUSB_ERROR_TIMEOUT : LIBUSB_ERROR_NO_DEVICE;
	int32_t result;
	memcpy(&result, answer, 4);
	if (!(message[0] & LIBUSB_ENDPOINT_IN) || result < 0)
		return result;
	size_t came = (size_t)got - 4 < room ? (size_t)got - 4 : room;
	memcpy(data, answer + 4, came);
	return (int)came;
}

static int read_descriptor(int fd, uint8_t type, uint8_t index, uint16_t language,
			   unsigned char *data, size_t room)
{
	const unsigned char setup[8] = {
		LIBUSB_ENDPOINT_IN, LIBUSB_REQUEST_GET_DESCRIPTOR, index, type,
		(unsigned char)language, (unsigned char)(language >> 8),
		(unsigned char)room, (unsigned char)(room >> 8),
	};
	return control(fd, setup, sizeof setup, data, room, HELLO_TIMEOUT_MS);
}

/* --- the list of devices --- */

int libusb_init(libusb_context **context)
{
	static int one;
	if (context)
		*context = (libusb_context *)&one;
	return 0;
}

void libusb_exit(libusb_context *context)
{
	(void)context;
}

/* Both descriptors of a device, as a kernel reads them when it is plugged in; 0 if it has none. */
static size_t enumerate(const libusb_device *device, unsigned char *raw)
{
	int fd = connect_for(device, "C", 1);
	if (fd < 0)
		return 0;
	int got = read_descriptor(fd, LIBUSB_DT_DEVICE, 0, 0, raw, 18), more = 0;
	if (got == 18)
		more = read_descriptor(fd, LIBUSB_DT_CONFIG, 0, 0, raw + 18, MAX_DESCRIPTOR);
	close(fd);
	return more < 9 ? 0 : 18 + (size_t)more;
}

static libusb_device *find_device(const char *directory, const char *name)
{
	unsigned bus, address;
	if (sscanf(name, "%3u-%3u", &bus, &address) != 2)
		return NULL;
	libusb_device *device = calloc(1, sizeof *device);
	if (!device)
		return NULL;
	device->references = 1;
	device->bus = (uint8_t)bus;
	device->address = (uint8_t)address;
	device->path.sun_family = AF_UNIX;
	unsigned char raw[18 + MAX_DESCRIPTOR];
	int length = snprintf(device->path.sun_path, sizeof device->path.sun_path, "%s/%s",
			      directory, name);
	size_t got = 0;
	if (length < (int)sizeof device->path.sun_path)
		got = enumerate(device, raw);
	if (!got) {
		free(device);
		return NULL;
	}
	struct libusb_device_descriptor *d = &device->descriptor;
	*d = (struct libusb_device_descriptor) {
		.bLength = raw[0], .bDescriptorType = raw[1],
		.bcdUSB = (uint16_t)(raw[2] | raw[3] << 8),
		.bDeviceClass = raw[4], .bDeviceSubClass = raw[5], .bDeviceProtocol = raw[6],
		.bMaxPacketSize0 = raw[7],
		.idVendor = (uint16_t)(raw[8] | raw[9] << 8),
		.idProduct = (uint16_t)(raw[10] | raw[11] << 8),
		.bcdDevice = (uint16_t)(raw[12] | raw[13] << 8),
		.iManufacturer = raw[14], .iProduct = raw[15], .iSerialNumber = raw[16],
		.bNumConfigurations = raw[17],
	};
	device->configuration_size = got - 18;
	memcpy(device->configuration, raw + 18, device->configuration_size);
	return device;
}

ssize_t libusb_get_device_list(libusb_context *context, libusb_device ***list)
{
	(void)context;
	const char *path = getenv("VCARD_USB");
	libusb_device **found = calloc(MAX_DEVICES + 1, sizeof *found);
	DIR *directory = path ? opendir(path) : NULL;
	ssize_t count = 0;
	struct dirent *entry;
	while (found && directory && count < MAX_DEVICES && (entry = readdir(directory)))
		if ((found[count] = find_device(path, entry->d_name)))
			count++;
	if (directory)
		closedir(directory);
	*list = found;
	return found ? count : LIBUSB_ERROR_NO_MEM;
}

static void unreference(libusb_device *device)
{
	if (--device->references == 0)
		free(device);
}

void libusb_free_device_list(libusb_device **list, int unreference_devices)
{
	for (int i = 0; list && list[i] && unreference_devices; i++)
		unreference(list[i]);
	free(list);
}

uint8_t libusb_get_bus_number(libusb_device *device)
{
	return device->bus;
}

uint8_t libusb_get_device_address(libusb_device *device)
{
	return device->address;
}

int libusb_get_port_numbers(libusb_device *device, uint8_t *ports, int size)
{
	if (size < 1)
		return LIBUSB_ERROR_OVERFLOW;
	ports[0] = device->address;
	return 1;
}

libusb_device *libusb_get_device(libusb_device_handle *handle)
{
	return handle->device;
}

/* --- descriptors --- */

int libusb_get_device_descriptor(libusb_device *device, struct libusb_device_descriptor *answer)
{
	*answer = device->descriptor;
	return 0;
}

static void read_interface(struct configuration *c, const unsigned char *d)
{
	int number = c->public.bNumInterfaces++;
	c->settings[number] = (struct libusb_interface_descriptor) {
		.bLength = d[0], .bDescriptorType = d[1], .bInterfaceNumber = d[2],
		.bAlternateSetting = d[3], .bInterfaceClass = d[5], .bInterfaceSubClass = d[6],
		.bInterfaceProtocol = d[7], .iInterface = d[8], .endpoint = c->endpoints[number],
	};
	c->interfaces[number] = (struct libusb_interface) {
		.altsetting = &c->settings[number], .num_altsetting = 1,
	};
}

static void read_endpoint(struct libusb_endpoint_descriptor *e, const unsigned char *d)
{
	*e = (struct libusb_endpoint_descriptor) {
		.bLength = d[0], .bDescriptorType = d[1], .bEndpointAddress = d[2],
		.bmAttributes = d[3], .wMaxPacketSize = (uint16_t)(d[4] | d[5] << 8),
		.bInterval = d[6],
	};
}

/* What is neither interface nor endpoint belongs to what stands before it. */
static void read_extra(struct libusb_interface_descriptor *setting,
		       struct libusb_endpoint_descriptor *endpoints, const unsigned char *d)
{
	if (setting->bNumEndpoints == 0) {
		setting->extra = d;
		setting->extra_length = d[0];
	} else {
		struct libusb_endpoint_descriptor *last = &endpoints[setting->bNumEndpoints - 1];
		last->extra = d;
		last->extra_length = d[0];
	}
}

static void read_in_interface(struct configuration *c, const unsigned char *d)
{
	int number = c->public.bNumInterfaces - 1;
	struct libusb_interface_descriptor *setting = &c->settings[number];
	if (d[1] == LIBUSB_DT_ENDPOINT && d[0] >= 7 && setting->bNumEndpoints < MAX_ENDPOINTS)
		read_endpoint(&c->endpoints[number][setting->bNumEndpoints++], d);
	else
		read_extra(setting, c->endpoints[number], d);
}

int libusb_get_active_config_descriptor(libusb_device *device,
					struct libusb_config_descriptor **answer)
{
	struct configuration *c = calloc(1, sizeof *c);
	if (!c)
		return LIBUSB_ERROR_NO_MEM;
	memcpy(c->raw, device->configuration, device->configuration_size);
	c->public.bLength = c->raw[0];
	c->public.bDescriptorType = c->raw[1];
	c->public.bConfigurationValue = c->raw[5];
	c->public.interface = c->interfaces;
	const unsigned char *end = c->raw + device->configuration_size;
	for (const unsigned char *d = c->raw + 9; d + 2 <= end && d[0] > 1 && d + d[0] <= end; d += d[0]) {
		if (d[1] == LIBUSB_DT_INTERFACE && d[0] >= 9 && c->public.bNumInterfaces < MAX_INTERFACES)
			read_interface(c, d);
		else if (c->public.bNumInterfaces)
			read_in_interface(c, d);
	}
	*answer = &c->public;
	return 0;
}

void libusb_free_config_descriptor(struct libusb_config_descriptor *descriptor)
{
	free(descriptor); /* the public part stands first in struct configuration */
}

int libusb_get_string_descriptor_ascii(libusb_device_handle *handle, uint8_t index,
				       unsigned char *data, int length)
{
	unsigned char raw[255] = { 0 };
	if (length < 1 || index == 0)
		return LIBUSB_ERROR_INVALID_PARAM;
	pthread_mutex_lock(&handle->controlling);
	int got = read_descriptor(handle->control, LIBUSB_DT_STRING, 0, 0, raw, sizeof raw);
	if (got >= 4)
		got = read_descriptor(handle->control, LIBUSB_DT_STRING, index,
				      (uint16_t)(raw[2] | raw[3] << 8), raw, sizeof raw);
	pthread_mutex_unlock(&handle->controlling);
	if (got < 2)
		return got < 0 ? got : LIBUSB_ERROR_IO;
	int size = 0;
	for (int at = 2; at + 1 < got && size < length - 1; at += 2)
		data[size++] = raw[at] & 0x80 || raw[at + 1] ? '?' : raw[at];
	data[size] = '\0';
	return size;
}

/* --- an open device --- */

int libusb_open(libusb_device *device, libusb_device_handle **answer)
{
	libusb_device_handle *handle = calloc(1, sizeof *handle);
	if (!handle)
		return LIBUSB_ERROR_NO_MEM;
	handle->control = connect_for(device, "C", 1);
	handle->bulk = handle->interrupt = -1; /* until an interface is claimed */
	handle->device = device;
	device->references++;
	pthread_mutex_init(&handle->controlling, NULL);
	if (handle->control < 0) {
		libusb_close(handle);
		return LIBUSB_ERROR_NO_DEVICE;
	}
	*answer = handle;
	return 0;
}

void libusb_close(libusb_device_handle *handle)
{
	int fds[] = { handle->control, handle->bulk, handle->interrupt };
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	unreference(handle->device);
	pthread_mutex_destroy(&handle->controlling);
	free(handle);
}

/* libccid opens a device once for each interface that it claims. */
int libusb_claim_interface(libusb_device_handle *handle, int number)
{
	const char bulk[] = { 'B', (char)number }, interrupt[] = { 'I', (char)number };
	if (handle->bulk >= 0)
		return LIBUSB_ERROR_BUSY;
	handle->bulk = connect_for(handle->device, bulk, sizeof bulk);
	handle->interrupt = connect_for(handle->device, interrupt, sizeof interrupt);
	return handle->bulk < 0 || handle->interrupt < 0 ? LIBUSB_ERROR_NO_DEVICE : 0;
}

int libusb_release_interface(libusb_device_handle *handle, int number)
{
	(void)handle, (void)number;
	return 0;
}

int libusb_set_configuration(libusb_device_handle *handle, int number)
{
	(void)handle, (void)number;
	return 0;
}

/* --- transfers --- */

int libusb_control_transfer(libusb_device_handle *handle, uint8_t type, uint8_t request,
			    uint16_t value, uint16_t index, unsigned char *data, uint16_t length,
			    unsigned int timeout)
{
	unsigned char message[8 + MAX_CONTROL] = {
		type, request, (unsigned char)value, (unsigned char)(value >> 8),
		(unsigned char)index, (unsigned char)(index >> 8),
		(unsigned char)length, (unsigned char)(length >> 8),
	};
	size_t out = type & LIBUSB_ENDPOINT_IN ? 0 : length;
	if (out > sizeof message - 8)
		return LIBUSB_ERROR_INVALID_PARAM;
	if (out)
		memcpy(message + 8, data, out);
	pthread_mutex_lock(&handle->controlling);
	int got = control(handle->control, message, 8 + out, data, length, timeout ? (int)timeout : -1);
	pthread_mutex_unlock(&handle->controlling);
	return got;
}

/* Whether the device has this bulk endpoint. libccid takes 0 where a reader has none. */
static int has_bulk(const libusb_device *device, unsigned char endpoint)
{
	const unsigned char *d = device->configuration, *end = d + device->configuration_size;
	for (; d + 2 <= end && d[0] > 1 && d + d[0] <= end; d += d[0])
		if (d[1] == LIBUSB_DT_ENDPOINT && d[0] >= 7 && d[2] == endpoint &&
		    (d[3] & LIBUSB_TRANSFER_TYPE_MASK) == LIBUSB_TRANSFER_TYPE_BULK)
			return 1;
	return 0;
}

int libusb_bulk_transfer(libusb_device_handle *handle, unsigned char endpoint,
			 unsigned char *data, int length, int *done, unsigned int timeout)
{
	int unused, timeout_ms = timeout ? (int)timeout : -1;
	if (!done)
		done = &unused;
	*done = 0;
	if (!has_bulk(handle->device, endpoint))
		return LIBUSB_ERROR_IO;
	ssize_t got = endpoint & LIBUSB_ENDPOINT_IN
			      ? receive(handle->bulk, data, (size_t)length, timeout_ms)
			      : give(handle->bulk, data, (size_t)length, timeout_ms);
	if (got < 0)
		return (int)got;
	*done = (int)got;
	return 0;
}

struct libusb_transfer *libusb_alloc_transfer(int packets)
{
	(void)packets;
	struct transfer *transfer = calloc(1, sizeof *transfer);
	if (!transfer)
		return NULL;
	transfer->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return &transfer->public;
}

static struct transfer *ours(struct libusb_transfer *public)
{
	return (struct transfer *)((char *)public - offsetof(struct transfer, public));
}

void libusb_free_transfer(struct libusb_transfer *public)
{
	if (!public)
		return;
	close(ours(public)->wake);
	free(ours(public));
}

/* libccid waits for each transfer in the thread that submitted it. */
static _Thread_local struct transfer *waiting_for;

/* Tell of a wait for an interrupt; false if the device has gone. */
static int say_of_wait(const struct libusb_transfer *public, const char *what)
{
	if (public->type != LIBUSB_TRANSFER_TYPE_INTERRUPT)
		return 1;
	return send(public->dev_handle->interrupt, what, 1, MSG_NOSIGNAL | MSG_DONTWAIT) > 0 ||
	       errno == EAGAIN;
}

int libusb_submit_transfer(struct libusb_transfer *public)
{
	struct transfer *transfer = ours(public);
	uint64_t drained;
	if (read(transfer->wake, &drained, sizeof drained) < 0 && errno != EAGAIN)
		return LIBUSB_ERROR_OTHER;
	/* libccid up to 1.8.2 has no handle any more where it has closed the first slot of several. */
	if (!public->dev_handle || !say_of_wait(public, "w"))
		return LIBUSB_ERROR_NO_DEVICE;
	transfer->cancelled = 0;
	transfer->submitted = 1;
	waiting_for = transfer;
	return 0;
}

int libusb_cancel_transfer(struct libusb_transfer *public)
{
	struct transfer *transfer = ours(public);
	if (!transfer->submitted)
		return LIBUSB_ERROR_NOT_FOUND;
	transfer->cancelled = 1;
	uint64_t one = 1;
	return write(transfer->wake, &one, sizeof one) < 0 ? LIBUSB_ERROR_OTHER : 0;
}

static void complete(struct transfer *transfer, enum libusb_transfer_status status, ssize_t size)
{
	transfer->submitted = 0;
	waiting_for = NULL;
	if (status == LIBUSB_TRANSFER_TIMED_OUT || status == LIBUSB_TRANSFER_CANCELLED)
		(void)say_of_wait(&transfer->public, "e");
	transfer->public.status = status;
	transfer->public.actual_length = size > 0 ? (int)size : 0;
	transfer->public.callback(&transfer->public);
}

int libusb_handle_events_completed(libusb_context *context, int *completed)
{
	(void)context;
	struct transfer *transfer = waiting_for;
	if (completed && *completed)
		return 0;
	if (!transfer)
		return LIBUSB_ERROR_OTHER;
	struct libusb_transfer *public = &transfer->public;
	libusb_device_handle *handle = public->dev_handle;
	int fd = public->type == LIBUSB_TRANSFER_TYPE_INTERRUPT ? handle->interrupt : handle->bulk;
	struct pollfd waiting[] = {
		{ .fd = fd, .events = POLLIN }, { .fd = transfer->wake, .events = POLLIN },
	};
	int ready = poll(waiting, 2, public->timeout ? (int)public->timeout : -1);
	if (ready < 0)
		return errno == EINTR ? LIBUSB_ERROR_INTERRUPTED : LIBUSB_ERROR_OTHER;
	if (ready == 0) {
		complete(transfer, LIBUSB_TRANSFER_TIMED_OUT, 0);
	} else if (transfer->cancelled) {
		complete(transfer, LIBUSB_TRANSFER_CANCELLED, 0);
	} else {
		ssize_t got = take(fd, public->buffer, (size_t)public->length);
		complete(transfer, got < 0 ? LIBUSB_TRANSFER_NO_DEVICE : LIBUSB_TRANSFER_COMPLETED, got);
	}
	return 0;
}
