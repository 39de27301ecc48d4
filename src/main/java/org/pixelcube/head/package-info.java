/**
 * Actors: morphable heads read from their upstream files, subjects drawn at random, skin, eyes,
 * hair and clothes, and how they move. A {@link org.pixelcube.head.Subject} in a {@link
 * org.pixelcube.head.Performance} gives one {@link org.pixelcube.render.Scene} a frame.
 */
package org.pixelcube.head;
