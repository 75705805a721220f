/** File service discovery. */
@NullMarked
package io.promdisco.providers.file;

import org.jspecify.annotations.NullMarked;
