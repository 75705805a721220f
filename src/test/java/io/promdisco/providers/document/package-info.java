/** Tests of the documents. */
@NullMarked
package io.promdisco.providers.document;

import org.jspecify.annotations.NullMarked;
