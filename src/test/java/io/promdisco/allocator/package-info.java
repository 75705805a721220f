@NullMarked
package io.promdisco.allocator;

import org.jspecify.annotations.NullMarked;
