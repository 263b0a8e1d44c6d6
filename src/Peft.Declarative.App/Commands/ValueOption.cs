using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Peft.Declarative.App.Commands;

/// <summary>Options whose value this library parses, because System.CommandLine parses numbers by the system's culture.</summary>
internal static class ValueOption
{
    /// <summary>Creates an option for a number in a range, with a point as the decimal separator on every system.</summary>
    internal static Option<T?> Number<T>(string name, string help, T? least = null, T? most = null)
        where T : struct, INumber<T> => new(name)
        {
            HelpName = "N",
            Description = help,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = argument => Read(name, argument, least, most),
        };

    /// <summary>Creates an option for a text. The reason for refusing a text follows the name of the option in the message.</summary>
    internal static Option<string> Text(string name, string help, string description, bool required, Func<string, string?> problem)
    {
        var option = new Option<string>(name) { HelpName = help, Description = description, Required = required, Arity = ArgumentArity.ExactlyOne };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { } text }] && problem(text) is { } reason)
            {
                result.AddError($"{name} {reason}");
            }
        });
        return option;
    }

    private static T? Read<T>(string name, ArgumentResult argument, T? least, T? most)
        where T : struct, INumber<T>
    {
        string text = argument.Tokens is [{ Value: { } only }] ? only : "";
        bool whole = T.One / (T.One + T.One) == T.Zero;
        NumberStyles style = whole ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        if (!T.TryParse(text, style, CultureInfo.InvariantCulture, out T value) || !T.IsFinite(value))
        {
            argument.AddError($"{name} is '{text}', but must be {(whole ? "a whole number that fits 32 bits" : "a number, such as 0.5 or 2e-4")}");
            return null;
        }

        if ((least is { } low && value < low) || (most is { } high && value > high))
        {
            argument.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}, but must be {Range(least, most)}"));
            return null;
        }

        return value;
    }

    private static string Range<T>(T? least, T? most)
        where T : struct => most is null
            ? string.Create(CultureInfo.InvariantCulture, $"at least {least}")
            : string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}");
}
