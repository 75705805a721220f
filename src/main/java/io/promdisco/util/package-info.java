/** Time, back-off, thread names and orderly closing: small tools without knowledge of discovery. */
@NullMarked
package io.promdisco.util;

import org.jspecify.annotations.NullMarked;
