/** Tests of the queues. */
@NullMarked
package io.promdisco.workqueue;

import org.jspecify.annotations.NullMarked;
