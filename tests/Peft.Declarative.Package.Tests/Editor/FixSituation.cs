using System.Diagnostics.CodeAnalysis;

namespace Peft.Declarative.Package.Tests.Editor;

/// <summary>Source in which a fix of the package is offered.</summary>
/// <param name="Fix">The fix.</param>
/// <param name="Id">The rule that it fixes.</param>
/// <param name="Source">The file's source after its usings.</param>
internal sealed record FixSituation(string Fix, string Id, [property: StringSyntax("C#-test")] string Source)
{
    internal static IReadOnlyList<FixSituation> All { get; } =
    [
        Of("AddPartialFix", "PEFT001", "[Lora(rank: 2)] public sealed class Persona : LlamaForCausalLM;"),
        Of("RemoveIdleFix", "PEFT007", "[Training(Epochs = 2)] public sealed partial class Persona : LlamaForCausalLM;"),
        Of("UseNearNameFix", "PEFT101", "[Lora(rank: 2, Targets = [\"q_porj\"])] public sealed partial class Persona : LlamaForCausalLM;"),
        Of("UseModuleTypeFix", "PEFT102", Net("[Lora(rank: 2)] private readonly Linear fc = Linear(8, 8);", "fc.call(x)")),
        Of("RemoveCauseFix", "PEFT103", "[Lora(rank: 2, Targets = [\"q_proj\"], Exclude = [\"q_proj\"])] public sealed partial class Persona : LlamaForCausalLM;"),
        Of("MakeInternalFix", "PEFT105", "public sealed class Block : Module<Tensor, Tensor> { private Module<Tensor, Tensor> q = Linear(8, 8); public Block() : base(\"block\") => RegisterComponents(); public override Tensor forward(Tensor x) => q.call(x); } [Lora(rank: 2, Targets = [\"q\"])] " + Net("private readonly Block block = new();", "block.call(x)")),
        Of("SaveModuleFix", "PEFT108", "[Lora(rank: 2, Targets = [\"q_proj\", \"norm\"])] public sealed partial class Persona : LlamaForCausalLM;"),
        Of("RemoveEntryFix", "PEFT111", "[Lora(rank: 2, Targets = [\"q_proj\"], Exclude = [\"k_proj\"])] public sealed partial class Persona : LlamaForCausalLM;"),
        Of("LowerRankFix", "PEFT201", Net("[Lora(rank: 64)] private Module<Tensor, Tensor> fc = Linear(8, 8);", "fc.call(x)")),
        Of("SetNumberFix", "PEFT202", "[Lora(rank: 0)] public sealed partial class Persona : LlamaForCausalLM;"),
        Of("UseEqualsFix", "PEFT203", "[Lora(rank: 2, RankPattern = [\"q_proj: 4\"])] public sealed partial class Persona : LlamaForCausalLM;"),
        Of("RemoveAdapterFix", "PEFT303", "[Lora(rank: 2, Bias = BiasTraining.All)] [Lora(rank: 4, Bias = BiasTraining.All, Name = \"b\")] public sealed partial class Persona : Gpt2ForCausalLM;"),
        Of("NameAdapterFix", "PEFT304", "[Lora(rank: 2)] [Lora(rank: 4)] public sealed partial class Persona : LlamaForCausalLM;"),
        Of("DequantizeFix", "PEFT306", "[Lora(rank: 2)] [Quantize] public sealed partial class Persona : LlamaForCausalLM { public void Fold() { Merge(); } }"),
        Of("GroupByLengthFix", "PEFT310", "[PromptTuning(8)] [Training(Epochs = 2, Packing = true)] public sealed partial class Persona : LlamaForCausalLM;"),
        Of("PassDeviceFix", "TORCH001", Net("private readonly Module<Tensor, Tensor> fc = Linear(8, 8);", "fc.call(x) + arange(8, dtype: ScalarType.Float32)")),
        Of("OpenScopeFix", "TORCH003", Script("public static void Run(Module<Tensor, Tensor> net, Tensor x, optim.Optimizer optimizer) { for (int step = 0; step < 100; step++) { Tensor loss = net.call(x).sum(); loss.backward(); optimizer.step(); } }")),
        Of("MoveResultFix", "TORCH004", Script("public static Tensor Length(Tensor x) { using DisposeScope scope = NewDisposeScope(); return x.pow(2).sum().sqrt(); }")),
        Of("CallChildFix", "TORCH006", Net("private readonly Module<Tensor, Tensor> fc = Linear(8, 8);", "fc.forward(x)")),
        Of("UseParameterFix", "TORCH007", Net("private readonly Tensor factor = ones(8, requires_grad: true);", "x * factor")),
        Of("RegisterComponentsFix", "TORCH008", Net("private readonly Module<Tensor, Tensor> fc = Linear(8, 8);", "fc.call(x)", registers: "")),
        Of("KeepScalarFix", "TORCH009", Script("public static object Scale(jit.CompilationUnit unit, Tensor x, double factor) { return unit.invoke(\"scale\", x, factor.ToScalar()); }")),
    ];

    private static FixSituation Of(string fix, string id, string source) => new(fix, id, source);

    private static string Net(string member, string result, string registers = "RegisterComponents();") =>
        $"public sealed partial class Net : Module<Tensor, Tensor> {{ {member} public Net() : base(\"net\") {{ {registers} }} public override Tensor forward(Tensor x) => {result}; }}";

    private static string Script(string member) => $"public static class Script {{ {member} }}";
}
