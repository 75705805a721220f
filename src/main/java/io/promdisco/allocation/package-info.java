/** Which collector scrapes which target: pure functions of keys, collectors and time. */
@NullMarked
package io.promdisco.allocation;

import org.jspecify.annotations.NullMarked;
