/**
 * Primaries, transfer functions and conversions between named linear working spaces. Linear light
 * inside, decoded once at the way in and encoded once at the way out.
 */
package org.pixelcube.color;
