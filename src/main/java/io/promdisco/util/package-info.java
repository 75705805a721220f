/** Time, thread names and orderly closing: small tools without knowledge of discovery. */
@Internal
@NullMarked
package io.promdisco.util;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
