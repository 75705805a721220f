/** Discovery in bad weather for a long time: does anything grow? */
@NullMarked
package io.promdisco.soak;

import org.jspecify.annotations.NullMarked;
