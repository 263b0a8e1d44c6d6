using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Peft.Declarative.Generators.Tests.Pipeline;

/// <summary>A model that holds a symbol keeps a whole compilation alive, and equal models must be equal.</summary>
public class ModelTests
{
    [Fact]
    public void Values_OfNamedSteps_HoldNoSymbols()
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        string[] steps = [Steps.Config, Steps.Declaration, Steps.Plan];
        foreach (object value in new Edits().Result.TrackedSteps.Where(step => steps.Contains(step.Key)).SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(o => o.Value))
        {
            Walk(value, seen);
        }

        Assert.True(seen.Count > 50, "the walk saw too little to mean anything");
    }

    [Fact]
    public void Values_OfEqualSource_AreEqual()
    {
        object first = Plan(new Edits());
        object second = Plan(new Edits());
        object other = Plan(new Edits().Change("User.cs", Edits.Persona.Replace("rank: 8", "rank: 4")));

        Assert.NotSame(first, second);
        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.NotEqual(first, other);

        static object Plan(Edits edits) => edits.Result.TrackedSteps[Steps.Plan].Single().Outputs.Single().Value;
    }

    private static void Walk(object? value, HashSet<object> seen)
    {
        if (value is null || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value)) return;

        Assert.False(value is ISymbol or Compilation or SyntaxNode or SyntaxTree or Location or SemanticModel or AttributeData, value.GetType().FullName);
        if (value is IEnumerable items)
        {
            foreach (object? item in items) Walk(item, seen);
        }

        for (Type? type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!typeof(Delegate).IsAssignableFrom(field.FieldType)) Walk(field.GetValue(value), seen);
            }
        }
    }
}
