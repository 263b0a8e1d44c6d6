using MethodStudy.Methods;

namespace MethodStudy.Study;

/// <summary>
/// Every method of the study. The learning rates on the classes are what <c>--search</c> found on another persona than the one that the table
/// is made with; the rates tried stand here.
/// </summary>
internal static class Candidates
{
    private static readonly double[] LowRank = [2e-3, 3e-3, 5e-3];
    private static readonly double[] Pruned = [3e-3, 1e-2, 2e-2, 5e-2];   // what a singular value learns in the time that it has
    private static readonly double[] Parts = [1e-3, 3e-3, 1e-2];
    private static readonly double[] Vectors = [1e-2, 3e-2, 5e-2];   // few parameters, far to go
    private static readonly double[] Scales = [3e-3, 1e-2, 3e-2, 1e-1];
    private static readonly double[] Prefixes = [3e-2, 1e-1, 3e-1, 1];
    private static readonly double[] Prompts = [3e-2, 1e-1];
    private static readonly double[] Block = [3e-4, 1e-3, 3e-3, 1e-2];
    private static readonly double[] Weights = [1e-4, 3e-4, 5e-4, 7e-4, 1e-3];   // the base's own, which too large a step spoils

    /// <summary>Short name of what all others are held against.</summary>
    internal const string Baseline = "full";

    internal static IReadOnlyList<Candidate> All { get; } =
    [
        Candidate.Of("lora", "LoRA, rank 8", LoraStudent.Plan, LowRank,
            LoraStudent.FromPretrained, LoraStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("qlora", "QLoRA, rank 8 on 4 bits", QloraStudent.Plan, LowRank,
            QloraStudent.FromPretrained, QloraStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("dora", "DoRA, rank 8", DoraStudent.Plan, LowRank,
            DoraStudent.FromPretrained, DoraStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("adalora", "AdaLoRA, 12 to 8", AdaLoraStudent.Plan, Pruned,
            AdaLoraStudent.FromPretrained, AdaLoraStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("vera", "VeRA, rank 256", VeraStudent.Plan, Scales,
            VeraStudent.FromPretrained, VeraStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("ia3", "(IA)³", Ia3Student.Plan, Vectors,
            Ia3Student.FromPretrained, Ia3Student.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("layer-norm", "LayerNorm tuning", LayerNormStudent.Plan, Vectors,
            LayerNormStudent.FromPretrained, LayerNormStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("bitfit", "BitFit", BitFitStudent.Plan, Vectors,
            BitFitStudent.FromPretrained, BitFitStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("fisher", "Sparse mask, Fisher, 5 %", FisherStudent.Plan, Parts,
            FisherStudent.FromPretrained, FisherStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("magnitude", "Sparse mask, magnitude, 5 %", MagnitudeStudent.Plan, Parts,
            MagnitudeStudent.FromPretrained, MagnitudeStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("prompt", "Prompt tuning, 100 tokens", PromptStudent.Plan, Prompts,
            PromptStudent.FromPretrained, PromptStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("p-tuning", "P-tuning, 100 tokens", PTuningStudent.Plan, Block,
            PTuningStudent.FromPretrained, PTuningStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("prefix", "Prefix tuning, 20 tokens", PrefixStudent.Plan, Prefixes,
            PrefixStudent.FromPretrained, PrefixStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("bottleneck", "Bottleneck, after feed-forward", BottleneckStudent.Plan, Parts,
            BottleneckStudent.FromPretrained, BottleneckStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("double", "Bottleneck, after both", DoubleBottleneckStudent.Plan, Parts,
            DoubleBottleneckStudent.FromPretrained, DoubleBottleneckStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("parallel", "Bottleneck, parallel", ParallelBottleneckStudent.Plan, Parts,
            ParallelBottleneckStudent.FromPretrained, ParallelBottleneckStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("fusion", "AdapterFusion of two others", FusionStudent.Plan, Parts,
            FusionStudent.FromPretrained, FusionStudent.FromConfig, (model, data, progress) => model.Train(data, progress)) with { Prepare = FusionMembers.Teach },
        Candidate.Of("mam", "Mix-and-match", MixAndMatchStudent.Plan, Parts,
            MixAndMatchStudent.FromPretrained, MixAndMatchStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("unipelt", "UniPELT", UniPeltStudent.Plan, Parts,
            UniPeltStudent.FromPretrained, UniPeltStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of("last-block", "Last block, whole", LastBlockStudent.Plan, Block,
            LastBlockStudent.FromPretrained, LastBlockStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
        Candidate.Of(Baseline, "Full fine-tuning", FullStudent.Plan, Weights,
            FullStudent.FromPretrained, FullStudent.FromConfig, (model, data, progress) => model.Train(data, progress)),
    ];

    /// <summary>What the step times of the others are compared with.</summary>
    internal static Candidate Lora => Of("lora");

    /// <summary>A candidate by its short name.</summary>
    internal static Candidate Of(string name) => All.FirstOrDefault(candidate => candidate.Name == name)
        ?? throw new ArgumentException($"There is no '{name}' here. There are: {string.Join(", ", All.Select(candidate => candidate.Name))}.");
}
