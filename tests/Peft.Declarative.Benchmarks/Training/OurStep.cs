using Peft.Declarative.Data;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>The step of the generated loop, with everything that belongs to it: batches, clipping, guard, report.</summary>
internal sealed class OurStep : ITrainingStep
{
    private readonly CausalLanguageModel _model;
    private readonly BaseVariant _variant;
    private readonly TrainingRun _run;
    private readonly IEnumerator<Batch> _batches;
    private double _loss = double.NaN;

    internal OurStep(CausalLanguageModel model, TrainingPlan plan, TrainingData data, BaseVariant? variant = null)
    {
        _variant = variant ?? BaseVariant.All[0];
        _model = model;
        plan = _variant.Plan(plan) with { Epochs = 1_000_000, Schedule = Schedule.Constant, ReportEvery = 1 };
        _run = TrainingRun.Start(model, plan, data, new Reports(report => _loss = report.Loss));
        _batches = _run.Batches().GetEnumerator();
    }

    public string Name => _variant.Name;

    public double Run()
    {
        if (_variant.Around is { } around)
        {
            around(Step);
        }
        else
        {
            Step();
        }

        return _loss;
    }

    public void Dispose()
    {
        _batches.Dispose();
        _run.Dispose();
    }

    private void Step()
    {
        _batches.MoveNext();
        Batch batch = _batches.Current;
        using DisposeScope step = NewDisposeScope();
        Tensor loss = _variant.Loss(_model, batch.Split(1)[0]) / batch.LabelCount;
        _run.Backward(loss);
        _run.ClipGradients(maxNorm: 1.0);
        _run.Step();
        _run.Report();
    }

    private sealed class Reports(Action<TrainingProgress> receive) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => receive(value);
    }
}
