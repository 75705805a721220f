/** Which collector scrapes which target: pure functions of keys, collectors and time. */
@Internal
@NullMarked
package io.promdisco.allocation;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
