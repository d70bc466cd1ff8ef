package zonal.agent;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts {@linkplain Question questions} in front of methods of a class file, and copies all else of it as it is.
 *
 * <p>This is all that the agent needs of a class file library, and it needs it at every start: <i>measured</i> on a 2-core x86-64
 * machine, the weave of {@code Unsafe} takes 25 to 40 ms with {@code java.lang.classfile}, 18 with ASM, 1 with this, for what costs is loading the
 * library's classes. It is simple because nothing is ever inserted between instructions: a method's own code moves back as a whole,
 * by a multiple of 4 bytes, so that its jumps and the padding of its switches stay right; what names a place in it from outside
 * (exceptions, lines, variables, frames) moves by the same distance.
 *
 * <p>See the Java Virtual Machine Specification, chapter 4.
 */
final class ClassFilePatch {
    private static final int MAGIC = 0xCAFEBABE;
    /** The oldest class files whose frames are all in {@code StackMapTable}: Java 7. */
    private static final int OLDEST_VERSION = 51;

    private static final int MOST = 0xffff;

    // Tags of the constant pool.
    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int METHODREF = 10;
    private static final int NAME_AND_TYPE = 12;

    /** Bytes of a constant behind its tag, by tag; 0 is a tag that there is not. That of UTF8 is without its text. */
    private static final int[] CONSTANT_SIZE = {0, 2, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2};

    private static final int ACC_STATIC = 0x0008;

    // Instructions.
    private static final int NOP = 0x00;
    private static final int LCONST_0 = 0x09;
    private static final int ILOAD = 0x15;
    private static final int LLOAD = 0x16;
    private static final int POP = 0x57;
    private static final int POP2 = 0x58;
    private static final int DUP = 0x59;
    private static final int DUP2 = 0x5c;
    private static final int LCMP = 0x94;
    private static final int IFEQ = 0x99;
    private static final int IFNE = 0x9a;
    private static final int IFLT = 0x9b;
    private static final int LRETURN = 0xad;
    private static final int ARETURN = 0xb0;
    private static final int RETURN = 0xb1;
    private static final int INVOKESTATIC = 0xb8;
    private static final int CHECKCAST = 0xc0;
    private static final int IFNULL = 0xc6;

    /** Two longs, a copy of the answer, and what it is compared with; no question needs more. */
    private static final int STACK_SLOTS = 6;

    // A StackMapTable (section 4.7.4): types of frames, by their first byte, and of what is in locals and on the stack.
    private static final int SAME_FRAME = 0;
    private static final int SAME_LOCALS_1_STACK_ITEM = 64;
    private static final int RESERVED_FRAMES = 128;
    private static final int SAME_LOCALS_1_STACK_ITEM_EXTENDED = 247;
    private static final int SAME_FRAME_EXTENDED = 251;
    private static final int FULL_FRAME = 255;
    private static final int LONG_TYPE = 4;
    private static final int OBJECT = 7;
    private static final int UNINITIALIZED = 8;

    private final ByteBuffer in;
    private final int[] constants;
    private final int poolEnd;
    private final ByteArrayOutputStream addedConstants = new ByteArrayOutputStream();
    private int constantCount;

    /**
     * Reads the constant pool.
     *
     * @throws UnexpectedClassException if this is no class file of a version that is known
     */
    ClassFilePatch(byte[] classFile) throws UnexpectedClassException {
        in = ByteBuffer.wrap(classFile);
        boolean hasMagic = in.getInt() == MAGIC;
        u2(); // the minor version
        if (!hasMagic || u2() < OLDEST_VERSION) {
            throw new UnexpectedClassException("no class file, or one of an old version");
        }
        constantCount = u2();
        constants = new int[constantCount];
        for (int i = 1; i < constantCount; i++) {
            constants[i] = in.position();
            int tag = u1();
            int size = tag < CONSTANT_SIZE.length ? CONSTANT_SIZE[tag] : 0;
            if (size == 0) {
                throw new UnexpectedClassException("a class file with a constant of unknown type " + tag);
            }
            skip(tag == UTF8 ? u2() : size);
            if (tag == LONG || tag == DOUBLE) {
                i++; // they take two numbers
            }
        }
        poolEnd = in.position();
    }

    /** Internal names of the classes that must be there before this one: its superclass and its interfaces. */
    List<String> supertypes() {
        List<String> names = new ArrayList<>();
        in.position(poolEnd + 4); // behind its flags and its own name
        int superclass = u2();
        if (superclass != 0) {
            names.add(className(superclass));
        }
        for (int left = u2(); left > 0; left--) {
            names.add(className(u2()));
        }
        return names;
    }

    /**
     * Answers the class file with each question in front of its method. To be called once.
     *
     * @throws UnexpectedClassException if one of the methods is missing, has no body, or is static where it should not be or the other
     *     way round; or if the class file has no room for it
     */
    byte[] withQuestions(Question... questions) throws UnexpectedClassException {
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        in.position(poolEnd + 6); // behind its flags, its own name and its superclass
        skip(2 * u2());
        skipFields();
        copy(members, poolEnd, in.position());
        int methods = u2();
        u2(members, methods);
        int found = 0;
        for (; methods > 0; methods--) {
            found += copyMethod(members, questions);
        }
        int attributes = in.position();
        skipAttributes();
        if (in.hasRemaining()) {
            throw new UnexpectedClassException(name() + " is longer than it says");
        }
        copy(members, attributes, in.limit());
        if (found != questions.length) {
            throw new UnexpectedClassException(
                    name() + " of this JDK is not known: " + found + " of " + questions.length + " methods found");
        }
        if (constantCount > MOST) {
            throw new UnexpectedClassException(name() + " has too many constants");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.limit() + addedConstants.size() + MOST);
        copy(out, 0, 8);
        u2(out, constantCount);
        copy(out, 10, poolEnd);
        out.writeBytes(addedConstants.toByteArray());
        out.writeBytes(members.toByteArray());
        return out.toByteArray();
    }

    private String name() {
        in.position(poolEnd + 2); // behind its flags
        return className(u2()).replace('/', '.');
    }

    private void skipFields() {
        for (int fields = u2(); fields > 0; fields--) {
            skip(6);
            skipAttributes();
        }
    }

    private void skipAttributes() {
        for (int attributes = u2(); attributes > 0; attributes--) {
            skip(2);
            skip(in.getInt());
        }
    }

    /** Answers how many questions the method got: 0 or 1. */
    private int copyMethod(ByteArrayOutputStream out, Question[] questions) throws UnexpectedClassException {
        int start = in.position();
        boolean isStatic = (u2() & ACC_STATIC) != 0;
        int name = u2();
        int descriptor = u2();
        for (Question question : questions) {
            if (isStatic == question.isStatic()
                    && isText(name, question.method())
                    && isText(descriptor, question.descriptor())) {
                copy(out, start, in.position());
                return copyMethodAttributes(out, question);
            }
        }
        skipAttributes();
        copy(out, start, in.position());
        return 0;
    }

    private int copyMethodAttributes(ByteArrayOutputStream out, Question question) throws UnexpectedClassException {
        int asked = 0;
        int attributes = u2();
        u2(out, attributes);
        for (; attributes > 0; attributes--) {
            int start = in.position();
            int name = u2();
            int length = in.getInt();
            if (isText(name, "Code")) {
                byte[] code = code(question);
                u2(out, name);
                u4(out, code.length);
                out.writeBytes(code);
                asked = 1;
            } else {
                skip(length);
                copy(out, start, in.position());
            }
        }
        return asked;
    }

    /** Answers the contents of the Code attribute here, with the question in front. */
    private byte[] code(Question question) throws UnexpectedClassException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        u2(out, Math.max(u2(), STACK_SLOTS));
        u2(out, u2());
        Prologue prologue = new Prologue(question);
        int added = prologue.bytes.length;
        int length = in.getInt();
        if (length + added > MOST) {
            throw new UnexpectedClassException(question.method() + " is too long");
        }
        u4(out, length + added);
        out.writeBytes(prologue.bytes);
        copyNext(out, length);
        int exceptions = u2();
        u2(out, exceptions);
        for (; exceptions > 0; exceptions--) {
            u2(out, u2() + added);
            u2(out, u2() + added);
            u2(out, u2() + added);
            u2(out, u2());
        }
        codeAttributes(out, prologue);
        return out.toByteArray();
    }

    /** Copies what is known to name places in the code; of other attributes nobody knows whether they do, and they go. */
    private void codeAttributes(ByteArrayOutputStream out, Prologue prologue) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        int added = prologue.bytes.length;
        int keptCount = 1;
        int frameCount = 1;
        for (int attributes = u2(); attributes > 0; attributes--) {
            int name = u2();
            int length = in.getInt();
            if (isText(name, "StackMapTable")) {
                int old = u2();
                frameCount += old;
                // A frame says how far it is from the one before, and the first from the start. Now there is one before
                // it.
                int distance = added - prologue.bodyAt - 1;
                for (int left = old; left > 0; left--) {
                    moveFrame(frames, distance, added);
                    distance = 0;
                }
            } else if (isText(name, "LineNumberTable")) {
                keptCount++;
                movePlaces(kept, name, length, added, 2);
            } else if (isText(name, "LocalVariableTable") || isText(name, "LocalVariableTypeTable")) {
                keptCount++;
                movePlaces(kept, name, length, added, 8);
            } else {
                skip(length);
            }
        }
        u2(out, keptCount);
        out.writeBytes(kept.toByteArray());
        u2(out, addText("StackMapTable"));
        u4(out, 2 + prologue.frame.length + frames.size());
        u2(out, frameCount);
        out.writeBytes(prologue.frame);
        out.writeBytes(frames.toByteArray());
    }

    /** Copies a table of entries that begin with a place in the code and go on with {@code rest} bytes of something else. */
    private void movePlaces(ByteArrayOutputStream out, int name, int length, int distance, int rest) {
        u2(out, name);
        u4(out, length);
        int entries = u2();
        u2(out, entries);
        for (; entries > 0; entries--) {
            u2(out, u2() + distance);
            copyNext(out, rest);
        }
    }

    /** Copies the frame here, {@code distance} further from the one before it; what was at some place in the code is now {@code added} later. */
    private void moveFrame(ByteArrayOutputStream out, int distance, int added) {
        int type = u1();
        if (type < SAME_LOCALS_1_STACK_ITEM) {
            out.write(SAME_FRAME_EXTENDED);
            u2(out, type - SAME_FRAME + distance);
            return;
        }
        if (type < RESERVED_FRAMES) {
            out.write(SAME_LOCALS_1_STACK_ITEM_EXTENDED);
            u2(out, type - SAME_LOCALS_1_STACK_ITEM + distance);
            moveTypes(out, 1, added);
            return;
        }
        out.write(type);
        u2(out, u2() + distance);
        if (type == SAME_LOCALS_1_STACK_ITEM_EXTENDED) {
            moveTypes(out, 1, added);
        } else if (type == FULL_FRAME) {
            for (int part = 0; part < 2; part++) { // locals, stack
                int types = u2();
                u2(out, types);
                moveTypes(out, types, added);
            }
        } else if (type > SAME_FRAME_EXTENDED) {
            moveTypes(out, type - SAME_FRAME_EXTENDED, added);
        }
    }

    private void moveTypes(ByteArrayOutputStream out, int types, int added) {
        for (; types > 0; types--) {
            int tag = u1();
            out.write(tag);
            if (tag == OBJECT) {
                u2(out, u2());
            } else if (tag == UNINITIALIZED) {
                u2(out, u2() + added); // where it was made
            }
        }
    }

    /** The instructions that ask, and the frame where the method's own code begins to be reached by a jump. */
    private final class Prologue {
        final byte[] bytes;
        final byte[] frame;

        /** Where the jumps go: what follows takes the answer off the stack, and fills up to a multiple of 4 bytes. */
        final int bodyAt;

        Prologue(Question question) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            List<Integer> jumps = new ArrayList<>();
            if (question.unlessSlot() != Question.ALWAYS) {
                op(out, ILOAD, question.unlessSlot());
                jump(out, IFNE, jumps);
            }
            for (int i = 0; i < question.arguments(); i++) {
                op(out, LLOAD, (question.isStatic() ? 0 : 1) + 2 * i);
            }
            out.write(INVOKESTATIC);
            u2(out, addMethod(question.hookClass(), question.hookMethod(), question.hookDescriptor()));
            int takeOff;
            int returns;
            ByteArrayOutputStream onStack = new ByteArrayOutputStream();
            switch (question.finalAnswer()) {
                case NOT_ZERO, NOT_NEGATIVE -> {
                    op(out, DUP2, LCONST_0, LCMP);
                    jump(out, question.finalAnswer() == Question.FinalAnswer.NOT_ZERO ? IFEQ : IFLT, jumps);
                    returns = LRETURN;
                    takeOff = POP2;
                    onStack.write(LONG_TYPE);
                }
                case TRUE -> {
                    jump(out, IFEQ, jumps);
                    returns = RETURN;
                    takeOff = NOP;
                }
                case NOT_NULL -> {
                    out.write(DUP);
                    jump(out, IFNULL, jumps);
                    out.write(CHECKCAST);
                    u2(out, addClass(question.returnedClass()));
                    returns = ARETURN;
                    takeOff = POP;
                    onStack.write(OBJECT);
                    u2(onStack, addClass("java/lang/Object"));
                }
                default -> throw new AssertionError(question);
            }
            out.write(returns);
            bodyAt = out.size();
            out.write(takeOff); // or a NOP: the method's own code may begin with a frame, and no place may have two
            while (out.size() % 4 != 0) {
                out.write(NOP);
            }
            bytes = out.toByteArray();
            for (int jump : jumps) {
                ByteBuffer.wrap(bytes).putShort(jump + 1, (short) (bodyAt - jump));
            }
            ByteArrayOutputStream frameOut = new ByteArrayOutputStream();
            frameOut.write((onStack.size() == 0 ? SAME_FRAME : SAME_LOCALS_1_STACK_ITEM) + bodyAt);
            frameOut.writeBytes(onStack.toByteArray());
            frame = frameOut.toByteArray();
        }

        private static void op(ByteArrayOutputStream out, int... bytes) {
            for (int b : bytes) {
                out.write(b);
            }
        }

        private static void jump(ByteArrayOutputStream out, int instruction, List<Integer> jumps) {
            jumps.add(out.size());
            out.write(instruction);
            u2(out, 0);
        }
    }

    // ---- constants

    private int addMethod(String owner, String name, String descriptor) {
        int ownerConstant = addClass(owner);
        int nameConstant = addText(name);
        int descriptorConstant = addText(descriptor);
        int nameAndType = add(NAME_AND_TYPE, nameConstant, descriptorConstant);
        return add(METHODREF, ownerConstant, nameAndType);
    }

    private int addClass(String name) {
        return add(CLASS, addText(name));
    }

    private int addText(String ascii) {
        addedConstants.write(UTF8);
        u2(addedConstants, ascii.length());
        addedConstants.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
        return constantCount++;
    }

    private int add(int tag, int... references) {
        addedConstants.write(tag);
        for (int reference : references) {
            u2(addedConstants, reference);
        }
        return constantCount++;
    }

    private boolean isText(int constant, String ascii) {
        int at = constants[constant];
        return in.getShort(at + 1) == ascii.length() && text(constant).equals(ascii);
    }

    private String className(int constant) {
        return text(in.getShort(constants[constant] + 1) & MOST);
    }

    private String text(int constant) {
        int at = constants[constant];
        return new String(in.array(), at + 3, in.getShort(at + 1) & MOST, StandardCharsets.UTF_8);
    }

    // ---- bytes, the highest first

    private int u1() {
        return in.get() & 0xff;
    }

    private int u2() {
        return in.getShort() & MOST;
    }

    private void skip(int bytes) {
        in.position(in.position() + bytes);
    }

    private void copy(ByteArrayOutputStream out, int from, int to) {
        out.write(in.array(), from, to - from);
    }

    private void copyNext(ByteArrayOutputStream out, int bytes) {
        copy(out, in.position(), in.position() + bytes);
        skip(bytes);
    }

    private static void u2(ByteArrayOutputStream out, int value) {
        out.write(value >>> 8);
        out.write(value);
    }

    private static void u4(ByteArrayOutputStream out, int value) {
        u2(out, value >>> 16);
        u2(out, value);
    }
}
