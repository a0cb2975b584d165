/* Uses the fake libusb and libudev as their drivers do, while a peer does its worst. Buffers have
 * exactly the promised size, and every byte that is promised is read, so that a sanitizer sees
 * one byte too many. Prints how many devices it could open.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libusb.h>

struct udev;
struct udev_device;
struct udev_device *udev_device_new_from_syspath(struct udev *udev, const char *path);
const char *udev_device_get_sysattr_value(struct udev_device *device, const char *name);
struct udev_device *udev_device_unref(struct udev_device *device);

static unsigned long sum;

static void read_all(const unsigned char *data, int size)
{
	for (int i = 0; i < size; i++)
		sum += data[i];
}

static void descriptors(libusb_device *device)
{
	struct libusb_config_descriptor *config = NULL;
	if (libusb_get_active_config_descriptor(device, &config))
		return;
	for (int n = 0; n < config->bNumInterfaces; n++) {
		const struct libusb_interface_descriptor *setting = config->interface[n].altsetting;
		read_all(setting->extra, setting->extra_length);
		for (int i = 0; i < setting->bNumEndpoints; i++)
			read_all(setting->endpoint[i].extra, setting->endpoint[i].extra_length);
	}
	libusb_free_config_descriptor(config);
}

static void done(struct libusb_transfer *transfer)
{
	*(int *)transfer->user_data = 1;
}

static void interrupt(libusb_device_handle *handle)
{
	unsigned char *buffer = malloc(8);
	int completed = 0;
	struct libusb_transfer *transfer = libusb_alloc_transfer(0);
	libusb_fill_interrupt_transfer(transfer, handle, 0x83, buffer, 8, done, &completed, 20);
	if (libusb_submit_transfer(transfer) == 0)
		while (!completed && libusb_handle_events_completed(NULL, &completed) == 0)
			;
	read_all(buffer, transfer->actual_length);
	libusb_free_transfer(transfer);
	free(buffer);
}

static void talk(libusb_device_handle *handle)
{
	for (int i = 0; i < 20; i++) {
		int size = i % 3 ? 10 : 271, got = 0;
		unsigned char *buffer = malloc((size_t)size), out[10] = { 0x65 };
		libusb_bulk_transfer(handle, 0x01, out, sizeof out, &got, 20);
		if (libusb_bulk_transfer(handle, 0x82, buffer, size, &got, 20) == 0)
			read_all(buffer, got);
		got = libusb_control_transfer(handle, 0xA1, 3, 0, 0, buffer, 10, 20);
		read_all(buffer, got);
		if (libusb_get_string_descriptor_ascii(handle, (uint8_t)i, buffer, 10) >= 0)
			sum += strlen((char *)buffer);
		free(buffer);
		interrupt(handle);
	}
}

int main(int argc, char **argv)
{
	libusb_device **list;
	libusb_device_handle *handle;
	int opened = 0;
	ssize_t count = libusb_get_device_list(NULL, &list);
	for (ssize_t i = 0; i < count; i++) {
		descriptors(list[i]);
		if (libusb_open(list[i], &handle))
			continue;
		opened++;
		if (libusb_claim_interface(handle, 0) == 0)
			talk(handle);
		libusb_close(handle);
	}
	libusb_free_device_list(list, 1);
	for (int i = 1; i < argc; i++) {
		struct udev_device *device = udev_device_new_from_syspath(NULL, argv[i]);
		const char *value = udev_device_get_sysattr_value(device, "idVendor");
		sum += value ? strlen(value) : 0;
		udev_device_unref(device);
	}
	printf("opened %d\n", opened);
	return sum == 1; /* so that nothing is left out */
}
