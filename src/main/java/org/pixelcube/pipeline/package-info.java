/**
 * From a portrait clip to a relit one: geometry from landmarks and matte, the source light fitted
 * on skin, the flat-lit picture, the light maps of the new environment, the transfer of the result
 * to full resolution, the composite, and the resumable job around it all.
 */
package org.pixelcube.pipeline;
