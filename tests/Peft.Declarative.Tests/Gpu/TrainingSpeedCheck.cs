using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Models;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>LoRA r=8 on the query and value projections of a Llama with random weights, base in bfloat16 or 4 bits: tokens per second and memory.</summary>
internal static class TrainingSpeedCheck
{
    private const int WarmUp = 3;

    internal static string Run(DeviceCheckOptions options, Action<PretrainedModel> prepare)
    {
        using LlamaForCausalLM model = Model(options, prepare);
        var adapter = new Adapter("default", new LoraConfig { Rank = 8, Targets = ["q_proj", "v_proj"] });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        int steps = options.IsRehearsal ? 2 : 10;
        var plan = new TrainingPlan { BatchSize = options.Batch, MaxLength = options.Time, Epochs = WarmUp + steps + 1, ReportEvery = 1_000, Schedule = Schedule.Constant };
        using TrainingRun run = TrainingRun.Start(model, plan, Rows(options));
        int step = 0;
        long start = 0;
        foreach (Batch batch in run.Batches())
        {
            using DisposeScope scope = NewDisposeScope();
            run.Backward(model.SumLoss(batch.Whole) / batch.LabelCount);
            run.ClipGradients(maxNorm: 1.0);
            run.Step();
            step++;
            if (step == WarmUp)
            {
                options.Synchronize();
                start = Stopwatch.GetTimestamp();
            }
            else if (step == WarmUp + steps)
            {
                break;
            }
        }

        double issued = Stopwatch.GetElapsedTime(start).TotalSeconds;
        options.Synchronize();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"{steps * options.Batch * options.Time / seconds:F0} tokens/s at {options.Batch} × {options.Time}, {DeviceMemory.Used(options)}; "
            + $"the host had issued the work after {issued / seconds:P0} of the time");
    }

    internal static LlamaForCausalLM Model(DeviceCheckOptions options, Action<PretrainedModel> prepare)
    {
        LlamaForCausalLM model = LlamaForCausalLM.FromConfig(options.Shape, options.Device, seed: 1);
        prepare(model);
        model.Use(Precision.BFloat16);
        return model;
    }

    private static TrainingData Rows(DeviceCheckOptions options)
    {
        var random = new Random(1);
        return TrainingData.FromRows(Enumerable.Range(0, options.Batch).Select(_ =>
            TrainingRow.OfText([.. Enumerable.Range(0, options.Time).Select(_ => random.Next(options.Shape.VocabularySize))])));
    }
}
