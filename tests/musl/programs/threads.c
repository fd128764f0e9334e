/* threads: create and join, a mutex, a condition, keys, once, cancellation. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int total, ready, begun;
static sem_t never;

static void first(void) { begun++; }

static void *add(void *argument)
{
	int i;

	pthread_once(&once, first);
	pthread_setspecific(key, argument);
	for (i = 0; i < 2000; i++) {
		pthread_mutex_lock(&lock);
		total++;
		pthread_mutex_unlock(&lock);
	}
	pthread_mutex_lock(&lock);
	ready++;
	pthread_cond_signal(&change);
	pthread_mutex_unlock(&lock);
	return pthread_getspecific(key);
}

static void cleanup(void *text) { printf("%s\n", (char *)text); }

static void *wait_for_ever(void *argument)
{
	pthread_cleanup_push(cleanup, "cleaned up");
	sem_wait(&never);
	pthread_cleanup_pop(0);
	return argument;
}

int main(void)
{
	pthread_t threads[4];
	void *result;
	long i, sum = 0;

	pthread_key_create(&key, 0);
	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], 0, add, (void *)(i + 1));
	pthread_mutex_lock(&lock);
	while (ready < 4)
		pthread_cond_wait(&change, &lock);
	pthread_mutex_unlock(&lock);
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	printf("%d %d %ld\n", total, begun, sum);
	sem_init(&never, 0, 0);
	pthread_create(&threads[0], 0, wait_for_ever, 0);
	pthread_cancel(threads[0]);
	pthread_join(threads[0], &result);
	printf("%d\n", result == PTHREAD_CANCELED);
	return 0;
}
