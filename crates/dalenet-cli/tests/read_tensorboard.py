"""Prints as one line of JSON what TensorBoard reads in a run folder; again after each line of input."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2

events = EventAccumulator(
    sys.argv[1], size_guidance={"scalars": 0, "histograms": 0, "tensors": 0}
)


def value(setting):
    return getattr(setting, setting.WhichOneof("kind"))


def read():
    events.Reload()
    tags = events.Tags()
    scalars = {
        tag: [[point.step, point.wall_time, point.value] for point in events.Scalars(tag)]
        for tag in tags["scalars"]
    }
    histograms = {
        tag: [
            [point.step, value.min, value.max, value.num, sum(value.bucket)]
            for point in events.Histograms(tag)
            for value in [point.histogram_value]
        ]
        for tag in tags["histograms"]
    }
    hparams, metrics = {}, []
    try:
        contents = events.PluginTagToContent("hparams")
    except KeyError:
        contents = {}
    for content in contents.values():
        data = plugin_data_pb2.HParamsPluginData.FromString(content)
        if data.HasField("session_start_info"):
            settings = data.session_start_info.hparams
            hparams = {key: value(setting) for key, setting in settings.items()}
        if data.HasField("experiment"):
            metrics = [info.name.tag for info in data.experiment.metric_infos]
    print(
        json.dumps(
            {"scalars": scalars, "histograms": histograms, "hparams": hparams, "metrics": metrics}
        ),
        flush=True,
    )


read()
for _ in sys.stdin:
    read()
