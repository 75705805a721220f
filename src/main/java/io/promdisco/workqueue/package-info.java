/**
 * Queues: deduplicating and rate limited by key, a task queue with skippable tasks, a growing ring.
 */
@NullMarked
package io.promdisco.workqueue;

import org.jspecify.annotations.NullMarked;
