using Peft.Declarative.CodeFixes;
using Peft.Declarative.Generators.Rules;

namespace Peft.Declarative.Generators.Tests.Fixes;

public class FixTests
{
    [Fact]
    public Task AddPartial_OnNestedClass_AddsItToTheOuterOneToo() => Fix.Verify<AddPartialFix>(
        """
        public class Outer
        {
            // kept
            [Lora(rank: 8)]
            sealed class {|PEFT001:Persona|} : LlamaForCausalLM;
        }
        """,
        """
        public partial class Outer
        {
            // kept
            [Lora(rank: 8)]
            sealed partial class Persona : LlamaForCausalLM;
        }
        """);

    [Fact]
    public Task UseNearName_InAFamily_WritesTheString() => Fix.Verify<UseNearNameFix>(
        """[Lora(rank: 8, Targets = [{|PEFT101:"q_porj"|}, "v_proj"])] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, Targets = ["q_proj", "v_proj"])] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task UseNearName_SecondOffer_WritesTheSecondName() => Fix.Verify<UseNearNameFix>(
        """[Lora(rank: 8, Targets = [{|PEFT101:"w_proj"|}])] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, Targets = ["o_proj"])] partial class Persona : LlamaForCausalLM;""",
        choice: 1);

    [Fact]
    public Task UseNearName_InOwnModel_WritesNameof() => Fix.Verify<UseNearNameFix>(
        """
        [Lora(rank: 8, Targets = [{|PEFT101:"qProj"|}])]
        partial class Tiny : Module<Tensor, Tensor> { private Module<Tensor, Tensor> q_proj = Linear(64, 64); }
        """,
        """
        [Lora(rank: 8, Targets = [nameof(q_proj)])]
        partial class Tiny : Module<Tensor, Tensor> { private Module<Tensor, Tensor> q_proj = Linear(64, 64); }
        """);

    [Fact]
    public Task UseModuleType_OnSealedField_ChangesTypeAndDropsReadonly() => Fix.Verify<UseModuleTypeFix>(
        """
        partial class Tiny : Module<Tensor, Tensor>
        {
            // kept
            [Lora(rank: 8)] private readonly {|PEFT102:Linear|} q_proj = Linear(64, 64);
        }
        """,
        """
        partial class Tiny : Module<Tensor, Tensor>
        {
            // kept
            [Lora(rank: 8)] private Module<Tensor, Tensor> q_proj = Linear(64, 64);
        }
        """);

    [Fact]
    public Task UseModuleType_OnReadonlySlot_DropsReadonlyOnly() => Fix.Verify<UseModuleTypeFix>(
        """partial class Tiny : Module<Tensor, Tensor> { [Lora(rank: 8)] private readonly {|PEFT102:Module<Tensor, Tensor>|} q_proj = Linear(64, 64); }""",
        """partial class Tiny : Module<Tensor, Tensor> { [Lora(rank: 8)] private Module<Tensor, Tensor> q_proj = Linear(64, 64); }""");

    [Fact]
    public Task RemoveCause_RemovesTheExclusion() => Fix.Verify<RemoveCauseFix>(
        """[Lora(rank: 8, Targets = ["q_proj"], Exclude = {|PEFT103:["q_proj"]|})] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, Targets = ["q_proj"])] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task RemoveCause_SecondOffer_RemovesTheAttribute() => Fix.Verify<RemoveCauseFix>(
        """[Lora(rank: 8, Targets = ["q_proj"], Exclude = {|PEFT103:["q_proj"]|}), Training] partial class Persona : LlamaForCausalLM;""",
        """partial class Persona : LlamaForCausalLM;""",
        choice: 1);

    [Fact]
    public Task LowerRank_TakesThePowerOfTwoBelowTheLimit() => Fix.Verify<LowerRankFix>(
        """partial class Tiny : Module<Tensor, Tensor> { [Lora(rank: {|PEFT201:512|})] private Module<Tensor, Tensor> k_proj = Linear(768, 128); }""",
        """partial class Tiny : Module<Tensor, Tensor> { [Lora(rank: 64)] private Module<Tensor, Tensor> k_proj = Linear(768, 128); }""");

    [Fact]
    public Task LowerRank_InAPattern_KeepsTheKey() => Fix.Verify<LowerRankFix>(
        """[Lora(rank: 8, Targets = ["k_proj"], RankPattern = [{|PEFT201:"k_proj=512"|}])] partial class Tiny : Module<Tensor, Tensor> { private Module<Tensor, Tensor> k_proj = Linear(768, 128); }""",
        """[Lora(rank: 8, Targets = ["k_proj"], RankPattern = ["k_proj=64"])] partial class Tiny : Module<Tensor, Tensor> { private Module<Tensor, Tensor> k_proj = Linear(768, 128); }""");

    [Theory]
    [InlineData(0, "[Lora(rank: 8, Bias = BiasTraining.All)]")]
    [InlineData(1, "[Lora(rank: 4, Bias = BiasTraining.All, Name = \"b\")]")]
    public Task RemoveAdapter_RemovesEitherOfTheTwo(int choice, string kept) => Fix.Verify<RemoveAdapterFix>(
        """
        [Lora(rank: 8, Bias = BiasTraining.All)]
        [{|PEFT303:Lora(rank: 4, Bias = BiasTraining.All, Name = "b")|}]
        partial class Persona : LlamaForCausalLM;
        """,
        $"{kept}\npartial class Persona : LlamaForCausalLM;".ReplaceLineEndings(),
        choice);

    [Fact]
    public Task NameAdapter_AddsAFreeName() => Fix.Verify<NameAdapterFix>(
        """[Lora(rank: 8)] [{|PEFT304:Lora(rank: 4)|}] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8)] [Lora(rank: 4, Name = "lora2")] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task NameAdapter_ReplacesAGivenName() => Fix.Verify<NameAdapterFix>(
        """[Lora(rank: 8, Name = "ada")] [Lora(rank: 4, Name = {|PEFT304:"ada"|})] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, Name = "ada")] [Lora(rank: 4, Name = "lora2")] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task Dequantize_OnAMergeInto4Bits_AddsTheArgument() => Fix.Verify<MergeCallAnalyzer, DequantizeFix>(
        """[Lora(rank: 8)] [Quantize] partial class Persona : LlamaForCausalLM { void Fold() { {|PEFT306:Merge()|}; } }""",
        """[Lora(rank: 8)] [Quantize] partial class Persona : LlamaForCausalLM { void Fold() { Merge(dequantize: true); } }""");
}
