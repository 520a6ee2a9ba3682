"""Pictures on the graphics card."""

import numpy as np
from imgui_bundle import imgui
from OpenGL import GL


class Texture:
    """A picture that Dear ImGui can show. Must be used on the thread that owns the window.

    Shrunk pictures are averaged; enlarged ones are smooth, or show their pixels if `pixelated`.
    """

    def __init__(self, *, pixelated: bool = False) -> None:
        self._id = int(GL.glGenTextures(1))
        self.width = 0
        self.height = 0
        self._pixelated = not pixelated
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._id)
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_LINEAR)
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE)
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE)
        self.pixelated = pixelated

    @property
    def ref(self) -> imgui.ImTextureRef:
        """What Dear ImGui's image functions take."""
        return imgui.ImTextureRef(self._id)

    @property
    def pixelated(self) -> bool:
        """Whether it shows its pixels where it is enlarged."""
        return self._pixelated

    @pixelated.setter
    def pixelated(self, wanted: bool) -> None:
        if wanted == self._pixelated:
            return
        self._pixelated = wanted
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._id)
        enlarged = GL.GL_NEAREST if wanted else GL.GL_LINEAR
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MAG_FILTER, enlarged)

    def upload(self, pixels: np.ndarray) -> None:
        """Show another picture: uint8 [H, W, 3] RGB or [H, W, 4] RGBA.

        Raises:
            ValueError: if it is neither.
        """
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
            raise ValueError(f"a texture is uint8 [H, W, 3 or 4], found {pixels.dtype} {list(pixels.shape)}")
        self.height, self.width = pixels.shape[:2]
        layout = GL.GL_RGB if pixels.shape[2] == 3 else GL.GL_RGBA
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._id)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)  # Rows of RGB need not be multiples of four bytes.
        GL.glPixelStorei(GL.GL_UNPACK_ROW_LENGTH, 0)
        GL.glTexImage2D(
            GL.GL_TEXTURE_2D,
            0,
            GL.GL_RGBA8,
            self.width,
            self.height,
            0,
            layout,
            GL.GL_UNSIGNED_BYTE,
            np.ascontiguousarray(pixels),
        )
        GL.glGenerateMipmap(GL.GL_TEXTURE_2D)

    def delete(self) -> None:
        """Give the memory back. May be called twice."""
        if self._id:
            GL.glDeleteTextures([self._id])
            self._id = 0
