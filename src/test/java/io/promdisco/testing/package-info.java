/** What tests share: a clock of their own, and checks after each test. */
@NullMarked
package io.promdisco.testing;

import org.jspecify.annotations.NullMarked;
