"""How `make notebooks` runs the lessons again: in place, top to bottom, and with the same bytes every time."""

from nbconvert.preprocessors import Preprocessor

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def joined(outputs):
    """What a cell prints arrives in pieces whose borders are chance: make one of neighbours."""
    whole = []
    for output in outputs:
        before = whole[-1] if whole else {}
        if output.output_type == "stream" and before.get("name") == output.name:
            before["text"] += output.text
        else:
            whole.append(output)
    return whole


class Reproducible(Preprocessor):
    """Drop what differs from run to run or from machine to machine and tells a reader nothing."""

    enabled = True

    def preprocess(self, nb, resources):
        # Not the version of the Python that ran it.
        nb.metadata = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
        # A saved widget is a random number without a kernel behind it, and shows as an error until its cell is run.
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
        return cell, resources


c = get_config()
c.NotebookExporter.preprocessors = [Reproducible]
c.ExecutePreprocessor.kernel_name = "python3"
c.ExecutePreprocessor.record_timing = False
c.ExecutePreprocessor.store_widget_state = False
