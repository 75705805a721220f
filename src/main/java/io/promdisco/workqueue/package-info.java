/**
 * Queues: deduplicating and rate limited by key, a task queue with skippable tasks, a growing ring.
 */
@Internal
@NullMarked
package io.promdisco.workqueue;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
