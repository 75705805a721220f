/** Tests of the shared values. */
@NullMarked
package io.promdisco.model;

import org.jspecify.annotations.NullMarked;
