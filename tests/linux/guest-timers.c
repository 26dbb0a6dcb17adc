// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest-timers: checks in a Linux guest that each of many timers expires exactly as often as it
 * should, and never early. It does not check how late they are, which depends on the machine's
 * load.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define TIMERS		200
#define PERIOD_NS	4000000
#define PERIODS		100

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static struct timespec timespec(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

static bool check(bool good, const char *what, int64_t is)
{
	if (!good)
		fprintf(stderr, "guest-timers: %s: %" PRId64 "\n", what, is);
	return good;
}

static int timer(int64_t expires, int64_t period)
{
	struct itimerspec spec = { .it_value = timespec(expires), .it_interval = timespec(period) };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);

	if (fd < 0 || timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL)) {
		perror("guest-timers: timerfd");
		exit(2);
	}
	return fd;
}

/* Sleeps from 50 us to 25 ms */
static bool sleeps(void)
{
	bool good = true;

	for (int64_t length = 50000; length < 50000000; length *= 2) {
		int64_t start = now();
		struct timespec until = timespec(start + length);

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		good &= check(now() >= start + length, "a sleep ended early, ns",
			      now() - start - length);
	}
	return good;
}

/* Many timers at once, each of which expires once */
static bool once(void)
{
	struct pollfd fds[TIMERS];
	int64_t expires[TIMERS], start = now();
	int left = TIMERS;
	bool good = true;

	for (int i = 0; i < TIMERS; i++) {
		expires[i] = start + 10000000 + (i * 7919ll % TIMERS) * 2000000;
		fds[i] = (struct pollfd){ .fd = timer(expires[i], 0), .events = POLLIN };
	}
	while (left && poll(fds, TIMERS, 20000) > 0) {
		int64_t at = now();

		for (int i = 0; i < TIMERS; i++) {
			uint64_t times;

			if (!(fds[i].revents & POLLIN))
				continue;
			if (read(fds[i].fd, &times, sizeof(times)) != sizeof(times))
				continue;
			good &= check(times == 1, "a timer expired so often", times);
			good &= check(at >= expires[i], "a timer expired early, ns",
				      at - expires[i]);
			close(fds[i].fd);
			fds[i].fd = -1;
			left--;
		}
	}
	return check(!left, "timers that never expired", left) && good;
}

/* One timer that expires again and again: no expiry is lost, and none too many */
static bool periodic(void)
{
	int64_t start = now(), before, after;
	int fd = timer(start + PERIOD_NS, PERIOD_NS);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint64_t times, sum = 0;
	bool good = true;

	while (sum < PERIODS && poll(&poll_fd, 1, 20000) > 0) {
		before = now();
		if (read(fd, &times, sizeof(times)) != sizeof(times))
			continue;
		after = now();
		sum += times;
		good &= check((int64_t)sum >= (before - start) / PERIOD_NS,
			      "expirations lost, seen", sum);
		good &= check((int64_t)sum <= (after - start) / PERIOD_NS,
			      "too many expirations, seen", sum);
	}
	close(fd);
	return check(sum >= PERIODS, "periods seen", sum) && good;
}

int main(void)
{
	bool good = sleeps();

	good &= once();
	good &= periodic();
	return !good;
}
