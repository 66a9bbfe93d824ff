#!/usr/bin/env python3
"""Makes opencv.json and opencv_tag.pgm: what OpenCV and SciPy say about synthetic measurements.

Run by hand with Debian 13's python3-opencv (4.10) and python3-scipy (1.15), once; the build needs neither.
The tests hold registration/ against the files. Usage: make_vectors.py FOLDER
"""
import json
import pathlib
import sys

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

luck = np.random.default_rng(20261130)


def lens():
    f = luck.uniform(400, 900)
    return {
        "width": 640, "height": 480, "fx": f, "fy": f * luck.uniform(0.97, 1.03),
        "cx": luck.uniform(300, 340), "cy": luck.uniform(220, 260),
        "distortion": [luck.uniform(-0.2, 0.1), luck.uniform(-0.05, 0.05), luck.uniform(-2e-3, 2e-3),
                       luck.uniform(-2e-3, 2e-3), luck.uniform(-0.01, 0.01)],
    }


def matrix(l):
    return np.array([[l["fx"], 0, l["cx"]], [0, l["fy"], l["cy"]], [0, 0, 1]])


def pose(rvec, tvec):
    q = Rotation.from_rotvec(np.ravel(rvec)).as_quat()
    return {"position_m": np.ravel(tvec).tolist(), "rotation": q.tolist()}


def projections():
    out = []
    for _ in range(20):
        l = lens()
        point = np.array([luck.uniform(-0.5, 0.5), luck.uniform(-0.4, 0.4), luck.uniform(0.8, 3)])
        pixel, _ = cv2.projectPoints(point.reshape(1, 3), np.zeros(3), np.zeros(3), matrix(l), np.array(l["distortion"]))
        out.append({"lens": l, "point_m": point.tolist(), "pixel": pixel.ravel().tolist()})
    return out


def squares():
    """Noisy corners of one marker: both of IPPE's poses, each refined by Levenberg-Marquardt."""
    out = []
    while len(out) < 24:
        l, size = lens(), 0.16
        h = size / 2
        corners = np.array([[-h, h, 0], [h, h, 0], [h, -h, 0], [-h, -h, 0]])  # the order of IPPE_SQUARE
        tilt = Rotation.from_euler("xyz", luck.uniform([-0.9, -0.9, -3], [0.9, 0.9, 3]))
        facing = Rotation.from_matrix(np.diag([1.0, -1.0, -1.0]))  # z towards the camera
        rvec = (tilt * facing).as_rotvec()
        tvec = np.array([luck.uniform(-0.15, 0.15), luck.uniform(-0.1, 0.1), luck.uniform(0.5, 1.5)])
        k, d = matrix(l), np.array(l["distortion"])
        pixels, _ = cv2.projectPoints(corners, rvec, tvec, k, d)
        pixels = pixels.reshape(4, 2) + luck.normal(0, 0.2, (4, 2))
        _, rvecs, tvecs, _ = cv2.solvePnPGeneric(corners, pixels, k, d, flags=cv2.SOLVEPNP_IPPE_SQUARE)
        poses = []
        for r, t in zip(rvecs, tvecs):
            criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 200, 1e-14)
            r, t = cv2.solvePnPRefineLM(corners, pixels, k, d, r, t, criteria)
            back, _ = cv2.projectPoints(corners, r, t, k, d)
            squares = float(np.sum((back.reshape(4, 2) - pixels) ** 2))
            poses.append({**pose(r, t), "squares_px2": squares})
        poses.sort(key=lambda p: p["squares_px2"])
        mine = pixels[[3, 2, 1, 0]]  # lower left, lower right, upper right, upper left
        out.append({"lens": l, "size_m": size, "corners": mine.tolist(), "poses": poses})
    return out


def alignments():
    """Weighted rotations by SciPy's align_vectors about weighted middles."""
    out = []
    for _ in range(12):
        count = int(luck.integers(4, 9))
        asset = luck.uniform(-1.5, 1.5, (count, 3))
        turn, shift, sd = Rotation.random(random_state=luck), luck.uniform(-9, 9, 3), luck.uniform(0.002, 0.01, count)
        world = turn.apply(asset) + shift + luck.normal(0, 1, (count, 3)) * sd[:, None]
        w = sd ** -2
        a, b = (w @ asset) / w.sum(), (w @ world) / w.sum()
        found, _ = Rotation.align_vectors(world - b, asset - a, weights=w)
        out.append({"asset_m": asset.tolist(), "world_m": world.tolist(), "sd_m": sd.tolist(),
                    "place": pose(found.as_rotvec(), b - found.apply(a))})
    return out


def picture(folder):
    """Marker 42 of tag36h11 as OpenCV draws it, seen aslant; OpenCV's own corners and pose beside it."""
    l = {"width": 320, "height": 240, "fx": 380.0, "fy": 380.0, "cx": 158.0, "cy": 121.0, "distortion": [0.0] * 5}
    size, scale = 0.2, 40  # pixels per cell
    tag = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11), 42, 8 * scale)
    paper = np.full((10 * scale, 10 * scale), 255, np.uint8)
    paper[scale:-scale, scale:-scale] = tag
    h = size / 2
    corners = np.array([[-h, h, 0], [h, h, 0], [h, -h, 0], [-h, -h, 0]])
    rotation = Rotation.from_euler("xyz", [0.35, -0.5, 0.2]) * Rotation.from_matrix(np.diag([1.0, -1.0, -1.0]))
    tvec = np.array([0.03, -0.02, 0.75])
    pixels, _ = cv2.projectPoints(corners, rotation.as_rotvec(), tvec, matrix(l), np.zeros(5))
    s, e = scale - 0.5, 9 * scale - 0.5
    fine = 8  # drawn larger, then made small by averaging
    target = (pixels.reshape(4, 2) + 0.5) * fine - 0.5
    warp = cv2.getPerspectiveTransform(np.float32([[s, s], [e, s], [e, e], [s, e]]), np.float32(target))
    large = cv2.warpPerspective(paper, warp, (320 * fine, 240 * fine), flags=cv2.INTER_LINEAR, borderValue=150)
    image = cv2.GaussianBlur(cv2.resize(large, (320, 240), interpolation=cv2.INTER_AREA), (0, 0), 0.6)
    image = np.clip(image.astype(float) * 0.8 + 20 + luck.normal(0, 2, image.shape), 0, 255).round().astype(np.uint8)
    (folder / "opencv_tag.pgm").write_bytes(b"P5\n# tag36h11 42, drawn by make_vectors.py\n320 240\n255\n" + image.tobytes())
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11), parameters)
    found, ids, _ = detector.detectMarkers(image)
    assert ids.ravel().tolist() == [42]
    corners_found = found[0].reshape(4, 2)
    return {"lens": l, "size_m": size, "id": 42, "truth": pose(rotation.as_rotvec(), tvec),
            "corners_of_opencv": corners_found[[3, 2, 1, 0]].tolist(),
            "true_corners": pixels.reshape(4, 2)[[3, 2, 1, 0]].tolist()}


def main():
    folder = pathlib.Path(sys.argv[1])
    vectors = {"made_by": f"make_vectors.py with OpenCV {cv2.__version__}", "projections": projections(),
               "squares": squares(), "alignments": alignments(), "picture": picture(folder)}
    (folder / "opencv.json").write_text(json.dumps(vectors, indent=1) + "\n")


main()
