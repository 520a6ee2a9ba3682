"""Recipes and directions as files: written and read on the window's own thread, for they are small."""

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from faces.directions import load_direction, save_direction
from faces.recipe import load_recipe, save_recipe
from viz import answers, commands


def do(command: commands.WriteRecipe | commands.WriteDirection | commands.ReadStackFile) -> answers.News:
    """Write or read a file; what cannot be done is told."""
    try:
        match command:
            case commands.WriteRecipe(_, path, layers):
                writable_folder(path.parent)
                save_recipe(path, layers)
            case commands.WriteDirection(_, path, layer, sha256):
                writable_folder(path.parent)
                save_direction(path, layer, sha256)
            case commands.ReadStackFile():
                return _read(command)
    except EditorError as error:
        return answers.Failed(command.epoch, str(error))
    return answers.Saved(command.epoch, path)


def _read(command: commands.ReadStackFile) -> answers.StackRead:
    """Read a recipe, or a direction if it is an .npz."""
    path, num_ws = command.path, command.shape[0]
    if path.suffix.lower() != ".npz":
        return answers.StackRead(command.epoch, path, load_recipe(path, command.library, num_ws), whole=True)
    layer, remark = load_direction(path, command.shape, command.sha256)
    return answers.StackRead(command.epoch, path, (layer,), whole=False, remark=remark)
