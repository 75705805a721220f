/** Values that every layer shares: label sets, target groups and the updates made of them. */
@NullMarked
package io.promdisco.model;

import org.jspecify.annotations.NullMarked;
