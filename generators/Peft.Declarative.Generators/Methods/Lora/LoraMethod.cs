using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Low-rank adaptation: reads [Lora], plans it, writes it.</summary>
internal sealed class LoraMethod : AdapterMethod
{
    internal override string Name => "Lora";

    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context) => LoraParser.Parse(attribute, context);

    internal override AdapterSpec? Join(AdapterSpec earlier, AdapterSpec later) =>
        earlier is LoraSpec first && later is LoraSpec second ? LoraParser.Join(first, second) : null;

    internal override AdapterPlan Plan(AdapterSpec adapter, PlanContext context) => new LoraPlanner((LoraSpec)adapter, context).Plan();

    internal override string Summary(AdapterPlan plan, ModelPlan model) => new LoraReport(plan).Summary(model);

    internal override IEnumerable<string> Report(AdapterPlan plan) => new LoraReport(plan).Lines();

    internal override ConfigText Config(AdapterPlan plan, TypeNames types) => new LoraEmitter(plan, types).Config();

    internal override void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types) => new LoraEmitter(plan, types).WriteAttachment(code);

    internal override void WriteClasses(CodeWriter code, AdapterPlan plan, TypeNames types) => new LoraEmitter(plan, types).WriteClasses(code);
}
