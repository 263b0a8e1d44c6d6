using System.Reflection;
using System.Reflection.Emit;

namespace Peft.Declarative.Tests.Native;

/// <summary>The methods that a compiled method calls, read from its instructions.</summary>
internal static class CalledMethods
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Every method and constructor of an assembly that has instructions.</summary>
    internal static IEnumerable<MethodBase> In(Assembly assembly) => assembly.GetTypes()
        .SelectMany(type => type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)))
        .Where(method => method.GetMethodBody() is not null);

    internal static IEnumerable<MethodBase> Of(MethodBase caller)
    {
        byte[] code = caller.GetMethodBody()!.GetILAsByteArray()!;
        Type[]? ofType = caller.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        Type[]? ofMethod = caller.IsGenericMethod ? caller.GetGenericArguments() : null;
        for (int at = 0; at < code.Length;)
        {
            OpCode instruction = code[at] == 0xFE ? Codes[(short)(0xFE00 | code[at + 1])] : Codes[code[at]];
            at += instruction.Size;
            if (instruction.OperandType == OperandType.InlineMethod)
            {
                yield return caller.Module.ResolveMethod(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
            }

            at += Width(instruction.OperandType, code, at);
        }
    }

    private static int Width(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };
}
