/** Tests of HTTP discovery. */
@NullMarked
package io.promdisco.providers.http;

import org.jspecify.annotations.NullMarked;
