using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Names the properties of the adapters: the only adapter of its method after the method, named ones after their names.</summary>
internal static class HandleNames
{
    // Members that every generated class has, or that a model needs.
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "Adapters", "Checkpointing", "ComputeType", "Config", "Device", "Directory", "Evaluate", "FromConfig", "FromPretrained", "GradientCheckpointing", "LoadAdapter", "Merge",
        "Plan", "SaveAdapter", "SumLoss", "Train", "Unmerge",
    };

    /// <summary>Gets the preferred name of an adapter.</summary>
    internal static string Wanted(AdapterSpec adapter) => adapter.Name is "default" or "" ? adapter.Method : Identifiers.Pascal(adapter.Name);

    internal static List<AdapterPlan> Give(ModelDeclaration declaration, IEnumerable<AdapterPlan> plans)
    {
        var taken = new HashSet<string>(Taken.Concat(declaration.Shape.UserMembers).Append(declaration.Name), StringComparer.Ordinal);
        var named = new List<AdapterPlan>();
        foreach (AdapterPlan plan in plans)
        {
            string handle = Free(Wanted(plan.Spec), plan.Spec.IsRepeated ? [] : plan.Adapted, taken);
            string classes = !plan.Spec.IsRepeated ? handle : plan.Spec.IsFirst ? Free(plan.Spec.Method, plan.Adapted, taken) : named[named.Count - 1].Classes;
            named.Add(plan with { Handle = handle, Classes = classes });
        }

        return named;
    }

    /// <summary>Takes a name that is free, also at the end of the names of the layers' classes, as in QProjLora.</summary>
    private static string Free(string name, EquatableArray<PlannedLayer> layers, HashSet<string> taken)
    {
        string free = taken.Contains(name) ? name + "Adapter" : name;
        for (int number = 2; taken.Contains(free) || layers.Any(layer => taken.Contains(layer.ClassName + free)); number++)
        {
            free = name + "Adapter" + Literal.Of(number);
        }

        taken.Add(free);
        taken.UnionWith(layers.Where(layer => layer.ClassName.Length > 0).Select(layer => layer.ClassName + free));
        return free;
    }
}
