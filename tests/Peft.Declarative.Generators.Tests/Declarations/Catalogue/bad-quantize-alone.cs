// expect: PEFT007 at Quantize
using Peft.Declarative;
using Peft.Declarative.Models;
[Quantize]
public sealed partial class Persona : LlamaForCausalLM;
