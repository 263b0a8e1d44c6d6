using System.Globalization;
using Microsoft.CodeAnalysis;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reports numbers that were cast to an enum without such a value. Other code then uses the attribute's default.</summary>
internal static class EnumChecks
{
    internal static void Run(IEnumerable<AttributeReader> attributes, ParseContext context)
    {
        foreach (AttributeReader attribute in attributes.Where(attribute => attribute.Data.AttributeClass!.IsOfTheLibrary()))
        {
            foreach ((string argument, TypedConstant value) in attribute.Arguments)
            {
                if (value.Kind != TypedConstantKind.Enum || value.Type is not { } type) continue;

                List<IFieldSymbol> values = type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue).ToList();
                if (values.Any(field => Equals(field.ConstantValue, value.Value))) continue;

                string number = Convert.ToString(value.Value, CultureInfo.InvariantCulture);
                string text = RuleTexts.NoSuchValue(argument, attribute.Name, context.Model, type.Name, number, values.Select(field => field.Name));
                context.Report(RuleIds.OutOfRange, text, attribute.Place.At(argument));
            }
        }
    }
}
