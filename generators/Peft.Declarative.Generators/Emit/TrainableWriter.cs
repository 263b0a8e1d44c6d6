using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the members that the training loop needs from a user's own module.</summary>
internal sealed class TrainableWriter(ModelPlan plan, TypeNames types)
{
    internal void Write(CodeWriter code)
    {
        string trainable = types["ITrainable"];
        code.Blank();
        code.Line($"global::System.Collections.Generic.IReadOnlyList<(string Name, {types["Parameter"]} Value)> {trainable}.TrainableParameters => Adapters.TrainableParameters;");
        code.Blank();
        code.Line($"{types["Device"]} {trainable}.Device => Adapters.TrainableParameters[0].Value.device;");
        code.Blank();
        if (plan.Declaration.Shape.UserMembers.Contains("SumLoss"))
        {
            code.Line($"{types["Tensor"]} {trainable}.SumLoss({types["MicroBatch"]} micro) => SumLoss(micro);");
            return;
        }

        code.Line("/// <summary>Computes the sum of the next-token losses of a micro-batch. For another loss, write a method with this signature.</summary>");
        using (code.Open($"public {types["Tensor"]} SumLoss({types["MicroBatch"]} micro)"))
        {
            code.Line($"using {types["DisposeScope"]} scope = {types["Torch"]}.NewDisposeScope();");
            code.Line($"return {types["Losses"]}.NextTokenSum(call(micro.InputIds), micro.Labels).MoveToOuterDisposeScope();");
        }
    }
}
