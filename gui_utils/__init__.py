"""GLFW window, OpenGL textures and Dear ImGui helpers: no faces, no networks."""
