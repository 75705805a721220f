/** A discovery kind of a third party, which uses only promdisco's public API. */
@NullMarked
package io.promdisco.extension;

import org.jspecify.annotations.NullMarked;
