using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Peft.Declarative.Machine;
using Peft.Declarative.Native;
using Peft.Declarative.Native.Panels;
using Peft.Declarative.Training;

namespace Peft.Declarative.App.Output;

/// <summary>This machine, as it was measured for a model, and what its runs use.</summary>
internal sealed class MachineReport
{
    private const long Large = 512;   // the side of a product that shows what the processor can do

    private readonly MachineSpeed _large = MachineProbe.Of(Large, Large);
    private readonly MachineSpeed _own;
    private readonly double _memory = MachineMemory.GigabytesPerSecond();
    private readonly bool _narrow;

    internal MachineReport(PretrainedModel model, TrainingPlan plan)
    {
        _own = MachineProbe.Of((long)plan.BatchSize * Math.Min(plan.MaxLength, model.Config.MaxPositions), model.Config.HiddenSize);
        _narrow = RunMachine.AllowsBFloat16(model);
    }

    internal void Write(AppOutput output)
    {
        string narrow = _large.BFloat16 is { } speed ? $", bfloat16 {Number(speed)}" : "";
        output.Out.WriteLine($"machine   {Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture} with {string.Join(", ", MachineInstructions.Names)}; "
            + $"memory read at {Number(_memory)} GB/s");
        string whose = PanelSpeed.IsFaster ? "; float32 by this library's kernels, which are faster here than libtorch's" : "";
        output.Out.WriteLine($"products  of {Size(_large)}: float32 {Number(Best(_large))}{narrow} GFLOP/s{whose}");
        output.Out.WriteLine($"threads   for {Size(_own)}, as in a step of this model: {MachineChoice.ThreadsOf(_own)}; {OpenMpWaiting.Description}");
        output.Out.WriteLine($"type      {MachineChoice.TypeOf(_own, _narrow)}{Advice()}");
        if ((BFloat16Speed.HasInstructions || PanelProduct.IsSupported) && MachineAnswers.OfUser.Path is { } path)
        {
            output.Out.WriteLine($"kept      in {path}: which products are faster. Delete it to have it measured again");
        }
    }

    internal JsonObject Json() => new()
    {
        ["cores"] = Environment.ProcessorCount,
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        ["instructions"] = new JsonArray([.. MachineInstructions.Names.Select(name => (JsonNode)name)]),
        ["memory_gigabytes_per_second"] = _memory,
        ["float32_gigaflops"] = Best(_large),
        ["float32_in_panels"] = PanelSpeed.IsFaster,
        ["bfloat16_gigaflops"] = _large.BFloat16,
        ["threads"] = _own.Counts[MachineChoice.UsedOf(_own)],
        ["threads_fixed_by"] = OpenMpThreads.FixedBy,
        ["waiting"] = OpenMpWaiting.Description,
    };

    private string Advice() => !_narrow && _large.BFloat16 is { } speed && speed > Best(_large)
        ? string.Create(CultureInfo.InvariantCulture, $"; frozen weights in bfloat16 multiply {speed / Best(_large):0.0} × as fast: model.Use(Precision.BFloat16)")
        : "";

    private static double Best(MachineSpeed speed) => speed.Float32[speed.Fastest];

    private static string Size(MachineSpeed speed) => string.Create(CultureInfo.InvariantCulture, $"{speed.Rows} × {speed.Width} × {speed.Width}");

    private static string Number(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
