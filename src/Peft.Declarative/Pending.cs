#pragma warning disable
using static TorchSharp.torch;
namespace Peft.Declarative.Text { public static class Tokenizer { public static ITokenizer Load(string d)=>null!; } }
