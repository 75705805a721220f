@NullMarked
package io.promdisco.allocation;

import org.jspecify.annotations.NullMarked;
