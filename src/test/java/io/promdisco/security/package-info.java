/** No secret leaves, and nothing hostile gets in. */
@NullMarked
package io.promdisco.security;

import org.jspecify.annotations.NullMarked;
